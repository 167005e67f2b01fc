export {
  ALL,
  type FilterNode,
  type NamedFilter,
  REPORT_FIELDS,
  type ReportField,
  type ReportFilter,
} from "./ast.ts";
export {
  FILTER_DEPTH_MAX,
  FILTER_LENGTH_MAX,
  parseFilter,
  parseNamedFilter,
  parseReportFilter,
} from "./parse.ts";
export {
  isNamed,
  meansPlace,
  type NamedPlace,
  placeOfHandle,
  placeOfState,
  resolveNames,
} from "./resolve.ts";
export { placeOfEndpoints, placeOfNode, placeOfPod, placeOfService } from "./cluster_places.ts";
export {
  namesWithoutAddress,
  type NameWithoutAddress,
  type UnknownName,
  unknownNames,
} from "./unknown.ts";
export { servicePlaces } from "./service_places.ts";
export { printFilter } from "./print.ts";
export { type FilterPacket, matches, matchesAny } from "./match.ts";
export { type Peer, type Translation, widen, WIDENINGS_MAX } from "./widen.ts";
export { matchesReported, namesOf, narrowed } from "./match_report.ts";
export { type Suggestion, suggestions, type Words, wordsOf } from "./suggest.ts";
export { outcomesAsked, withOutcomes } from "./outcomes.ts";
