export {
  COMPARISONS_MAX,
  compileFilter,
  compileFilterForms,
  DEFAULT_VARIABLES,
  type FilterForm,
  type FilterVariables,
} from "./compile.ts";
