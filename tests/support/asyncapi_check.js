// Reads AsyncAPI documents with AsyncAPI's own parser and prints everything that it has against each, as JSON.
const fs = require("node:fs");
const { Parser } = require("@asyncapi/parser");

async function check(file) {
  const { document, diagnostics } = await new Parser().parse(fs.readFileSync(file, "utf8"));
  const channels = document ? document.channels().all() : [];
  return {
    read: document !== undefined,
    diagnostics: diagnostics.map(({ severity, code, message, path }) => ({ severity, code, message, path: path.join("/") })),
    messages: Object.fromEntries(channels.map((one) => [one.address(), one.messages().all().map((m) => m.id()).sort()])),
  };
}

Promise.all(process.argv.slice(2).map(check)).then((found) => console.log(JSON.stringify(found)));
