// Writes src/api/schema.ts: the schemas of the OpenAPI document of a running
// service, without its paths, of which each says every refusal in full.
import { writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const address = process.argv[2] ?? "http://127.0.0.1:8080/openapi.json";
const document = await (await fetch(address)).json();
const types = astToString(await openapiTS({ ...document, paths: {}, components: { schemas: document.components.schemas } }));
const start = types.indexOf("export interface components");
const end = types.indexOf("export type $defs");
await writeFile(
  new URL("../src/api/schema.ts", import.meta.url),
  `// Made from the OpenAPI document by npm run types; not to be edited.\n\n${types.slice(start, end)}`,
);
