/** The bill of materials is what CycloneDX's own schema takes. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { createRequire } from "node:module";
import { npmToolOrWhy } from "../../deploy/npm_tool.ts";
import { sbom } from "../../deploy/supply/sbom.ts";

const { modules, why } = await npmToolOrWhy("sbom");
const title = "the bill of materials is valid CycloneDX 1.6";

Deno.test({
  name: why === undefined ? title : `${title}, not tried: ${why}`,
  ignore: why !== undefined,
  async fn() {
    const folder = `${modules}/@cyclonedx/cyclonedx-library/res/schema`;
    const schema = async (name: string) =>
      JSON.parse(await Deno.readTextFile(`${folder}/${name}.SNAPSHOT.schema.json`));
    const bring = createRequire(`${modules}/`);
    const { default: Ajv } = bring("ajv");
    const ajv = new Ajv({
      strict: false,
      validateFormats: true,
      addUsedSchema: false,
      logger: false,
    });
    bring("ajv-formats").default(ajv);
    bring("ajv-formats-draft2019")(ajv);
    ajv.addFormat("iri-reference", true);
    for (const name of ["spdx", "jsf-0.82", "cryptography-defs"]) {
      // Asked for by the file's name, whatever the part calls itself.
      const { $id: _, ...part } = await schema(name);
      ajv.addSchema(part, `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
    }
    const validate = ajv.compile(await schema("bom-1.6"));
    const document = JSON.parse(JSON.stringify(await sbom()));
    validate(document);
    deepEqual(validate.errors ?? [], []);
    document.components[0].hashes[0].content = "no hash";
    ok(!validate(document), "the schema must see a hash that is none");
    equal(document.specVersion, "1.6");
  },
});
