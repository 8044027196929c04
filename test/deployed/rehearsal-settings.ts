/** The options of a rehearsal, read from the environment. */
export const rehearsal = {
  /** True on an emulator on this machine, which `emulator.sh` starts. False on AWS. */
  isEmulated: process.env['AWS_ENDPOINT_URL'] !== undefined,
  name: process.env['REHEARSAL_NAME'] ?? 'SchoolbellRehearsal',
  /**
   * The URL at which the functions reach the sandbox. It needs HTTPS, unless it is on this machine. By
   * default, a sandbox is started on this machine, which only an emulator on the same machine can reach.
   */
  komboUrl: process.env['REHEARSAL_KOMBO_URL'],
  /** ARN of the IAM role that runs the rehearsal on AWS, because the bus refuses events of other senders. */
  operator: process.env['REHEARSAL_OPERATOR'],
  integration: 'moodle:7C9M5sXAQx2cNMpVHLojrFpL',
  komboKey: 'key-of-the-rehearsal',
  webhookSecret: 'webhook-secret-of-the-rehearsal',
};
