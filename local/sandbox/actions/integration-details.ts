import { type IntegrationId, toolOf } from '../../../functions/contract/integration.ts';
import { type ApiResponse, success } from '../response.ts';

/** `dataExpiredAt` is in milliseconds since 1970, or null. */
export function integrationDetails(id: IntegrationId, dataExpiredAt: number | null): ApiResponse {
  const tool = toolOf(id);
  const page = `https://sandbox.example.com/tools/${encodeURIComponent(tool)}`;
  return success({
    id,
    tool: {
      id: tool,
      label: tool,
      internal_label: null,
      logo_url: `${page}/logo.svg`,
      icon_url: `${page}/icon.svg`,
    },
    category: 'LMS',
    status: 'ACTIVE',
    setup_status: 'COMPLETED',
    end_user: { organization_name: 'The school of the sandbox', creator_email: null, origin_id: null },
    scope_config: { id: 'sandbox-scope', name: null },
    data_expired_at: dataExpiredAt === null ? null : new Date(dataExpiredAt).toISOString(),
    created_at: '2024-01-01T00:00:00.000Z',
    beta: false,
    read_models: [
      {
        id: 'lms_course_progressions',
        label: 'Course progressions',
        is_available: true,
        coverage_status: 'SUPPORTED',
        scope_config_setting: 'OPTIONAL',
        opted_out_by_customer: false,
        fields: [],
      },
    ],
    write_actions: [],
  });
}
