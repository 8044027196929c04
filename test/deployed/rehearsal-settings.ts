/** What the environment says about a rehearsal. */
export const rehearsal = {
  /** On an emulator of this machine, started by `emulator.sh`; otherwise on AWS itself. */
  isEmulated: process.env['AWS_ENDPOINT_URL'] !== undefined,
  name: process.env['REHEARSAL_NAME'] ?? 'SchoolbellRehearsal',
  /**
   * The sandbox, as the functions reach it. Without it, one is started on this machine, which only an emulator on this
   * machine can reach. HTTPS, unless it is on this machine.
   */
  komboUrl: process.env['REHEARSAL_KOMBO_URL'],
  /** ARN of the IAM role that rehearses on AWS itself, where the bus refuses events of others. */
  operator: process.env['REHEARSAL_OPERATOR'],
  integration: 'moodle:7C9M5sXAQx2cNMpVHLojrFpL',
  komboKey: 'key-of-the-rehearsal',
  webhookSecret: 'webhook-secret-of-the-rehearsal',
};
