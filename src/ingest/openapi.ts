export function openApiDocument() {
  return {};
}
export function reportSchema() {
  return {};
}
