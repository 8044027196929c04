/** The namespace and the names of the metrics, shared by the functions that publish and the stacks that alarm. */
export const METRIC_NAMESPACE = 'Schoolbell';

export const metricNames = {
  pagesRead: 'PagesRead',
  recordsRead: 'RecordsRead',
  eventsPublished: 'EventsPublished',
  changesMissed: 'ChangesMissed',
  setAside: 'SetAside',
  runsFailed: 'RunsFailed',
  deploymentErrors: 'DeploymentErrors',
  integrationsHeld: 'IntegrationsHeld',
} as const;
