#!/usr/bin/env bash
# Starts an emulator of AWS on this machine and runs a command, whose AWS SDKs and CDK use the emulator:
#
#   test/deployed/emulator.sh npm run test:deployed
#   test/deployed/emulator.sh bash        # a shell; when it ends, the emulator ends and its data is lost
#   test/deployed/emulator.sh             # only installs the emulator
#
# The emulator is MiniStack (https://pypi.org/project/ministack/). It runs Lambda functions as processes of the Node that
# Schoolbell installs. With EMULATOR_LOG=FILE, the emulator writes its log to FILE.
set -euo pipefail
umask 077
root="$(cd "$(dirname "$0")/../.." && pwd)"
command -v curl openssl >/dev/null
python="$("$root/.ci/python-tools" ministack==1.5.33)/python"
[ $# -gt 0 ] || exit 0

port="$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
work="$(mktemp -d)"
log="${EMULATOR_LOG:-$work/emulator.log}"
export PATH="$root/node_modules/.bin:$PATH"

# The emulator serves HTTPS, because the queues and buckets refuse HTTP. It enforces IAM, so that each function has only the
# permissions of its role.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/certificate.pem" -days 2 \
  -subj /CN=localhost -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
# NODE_EXTRA_CA_CERTS may already name certificates that npm needs for its registry, so they are kept.
cat "${NODE_EXTRA_CA_CERTS:-/dev/null}" "$work/certificate.pem" >"$work/certificates.pem"
export NODE_EXTRA_CA_CERTS="$work/certificates.pem" AWS_CA_BUNDLE="$work/certificate.pem"

TMPDIR="$work" BIND_HOST=127.0.0.1 GATEWAY_PORT="$port" MINISTACK_HOST=127.0.0.1 MINISTACK_ACCOUNT_ID=123456789012 \
  USE_SSL=1 MINISTACK_SSL_CERT="$work/certificate.pem" MINISTACK_SSL_KEY="$work/key.pem" AUTH=true \
  LAMBDA_EXECUTOR=local IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 "$python" -m ministack >"$log" 2>&1 </dev/null &
emulator=$!

stop() {
  local status=$?
  kill "$emulator" 2>/dev/null || true
  wait "$emulator" 2>/dev/null || true
  if [ "$status" != 0 ]; then
    echo "The command ended with $status. The end of the emulator's log:" >&2
    tail -n 20 "$log" >&2
  fi
  rm -rf "$work"
}
trap stop EXIT

for ((attempt = 0; attempt < 150; attempt += 1)); do
  curl -fsS --cacert "$work/certificate.pem" "https://127.0.0.1:$port/_ministack/health" >/dev/null 2>&1 && break
  if ! kill -0 "$emulator" 2>/dev/null || [ "$attempt" = 149 ]; then
    echo 'The emulator did not start within 30 s.' >&2
    exit 1
  fi
  sleep 0.2
done

export AWS_ENDPOINT_URL="https://localhost:$port" AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 CDK_DEFAULT_REGION=us-east-1 CDK_DEFAULT_ACCOUNT=123456789012
export AWS_EC2_METADATA_DISABLED=true CDK_DISABLE_CLI_TELEMETRY=true
"$@"
