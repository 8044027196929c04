/** What a rehearsal can be told by the environment. */
export const rehearsal = {
  /** On AWS itself everything is on; an emulator may lack archives and function URLs. */
  whole: process.env['REHEARSAL_WHOLE'] === '1' || process.env['AWS_ENDPOINT_URL'] === undefined,
  name: process.env['REHEARSAL_NAME'] ?? 'SchoolbellRehearsal',
  /**
   * The sandbox, as the functions reach it. Without it, one is started on this machine, which only an emulator on this
   * machine can reach. HTTPS, unless it is on this machine.
   */
  komboUrl: process.env['REHEARSAL_KOMBO_URL'],
  integration: 'moodle:7C9M5sXAQx2cNMpVHLojrFpL',
  komboKey: 'key-of-the-rehearsal',
  webhookSecret: 'webhook-secret-of-the-rehearsal',
};
