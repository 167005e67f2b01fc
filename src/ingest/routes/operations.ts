/** Every operation of the API, in the order of the OpenAPI document. */
import { aboutOperations } from "./about.ts";
import { ARCHIVE_OPERATIONS } from "./archives.ts";
import { AUDIT_OPERATIONS } from "./audit.ts";
import { BATCH_OPERATIONS } from "./batches.ts";
import { INCIDENT_OPERATIONS } from "./incidents.ts";
import { JOIN_OPERATIONS } from "./join.ts";
import { NAMES_OPERATIONS } from "./names.ts";
import { openApiDocument, reportSchema } from "./openapi.ts";
import type { Operation } from "./operation.ts";
import { PROBLEM_OPERATIONS } from "./problems.ts";
import { REPORT_OPERATIONS } from "./reports.ts";
import { SECRET_OPERATIONS } from "./secret.ts";
import { TOKEN_OPERATIONS } from "./tokens.ts";

/** All there are: whatever is not here is no route of the API. */
export const OPERATIONS: readonly Operation[] = [
  ...INCIDENT_OPERATIONS,
  ...BATCH_OPERATIONS,
  ...NAMES_OPERATIONS,
  ...SECRET_OPERATIONS,
  ...REPORT_OPERATIONS,
  ...PROBLEM_OPERATIONS,
  ...ARCHIVE_OPERATIONS,
  ...TOKEN_OPERATIONS,
  ...JOIN_OPERATIONS,
  ...AUDIT_OPERATIONS,
  ...aboutOperations({ openApi: () => openApiDocument(OPERATIONS), reportSchema }),
];
