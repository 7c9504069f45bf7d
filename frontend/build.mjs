// Builds what the pages load into src/towpath/surfaces/static/towpath, with licences and a manifest of hashes.
// `--verify` builds into a temporary folder and says which committed files differ.
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import rtlcss from "rtlcss";
import * as sass from "sass";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "..");
const PLACES = {
  assets: join(ROOT, "src/towpath/surfaces/static/towpath"),
  tests: join(ROOT, "tests/browser"),
};
const modules = (...parts) => join(HERE, "node_modules", ...parts);

const COPIES = {
  assets: [
    [modules("htmx.org/LICENSE"), "LICENSE.htmx.txt"],
    [join(HERE, "licences/govuk-frontend.txt"), "LICENSE.govuk-frontend.txt"],
    [join(HERE, "js/desk.js"), "desk.js"],
  ],
  tests: [
    [modules("axe-core/axe.min.js"), "axe.min.js"],
    [modules("axe-core/LICENSE"), "LICENSE.axe-core.txt"],
    [modules("axe-core/LICENSE-3RD-PARTY.txt"), "LICENSE.axe-core-third-party.txt"],
  ],
};
const ABOUT = "/*! Towpath, EUPL-1.2. Contains parts of govuk-frontend, MIT: see LICENSE.govuk-frontend.txt */\n";

// govuk-frontend gives each colour a fallback of its own palette; ours always stand in _tokens.scss.
const ownColours = (css) => css.replaceAll(/var\((--govuk-[a-z-]+-colour), ?#[0-9a-f]{3,6}\)/gi, "var($1)");

function refuseForeign(name, css) {
  for (const forbidden of [/url\(/i, /@font-face/i, /@import/i, /sourceMappingURL/, /GDS Transport/i, /crown/i]) {
    if (forbidden.test(css)) throw new Error(`${name} must not contain ${forbidden}`);
  }
}

async function writeSheets(folder) {
  const importers = [new sass.NodePackageImporter(HERE)];
  for (const name of ["portal", "staff"]) {
    const built = sass.compile(join(HERE, "scss", `${name}.scss`), { style: "compressed", charset: false, importers });
    const css = ownColours(built.css).replace(/^\uFEFF/, "");
    refuseForeign(name, css);
    await writeFile(join(folder, `${name}.css`), `@charset "UTF-8";${ABOUT}${css}\n`);
    await writeFile(join(folder, `${name}.rtl.css`), `@charset "UTF-8";${ABOUT}${rtlcss.process(css)}\n`);
  }
}

async function writeHtmx(folder) {
  const code = await readFile(modules("htmx.org/dist/htmx.min.js"), "utf8");
  await writeFile(join(folder, "htmx.min.js"), code.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

async function writeManifest(folder) {
  const names = (await readdir(folder)).filter((name) => name !== "manifest.sha256").sort();
  const lines = [];
  for (const name of names) {
    const hash = createHash("sha256").update(await readFile(join(folder, name))).digest("hex");
    lines.push(`${hash}  ${name}\n`);
  }
  await writeFile(join(folder, "manifest.sha256"), lines.join(""));
}

async function build(places) {
  for (const [place, folder] of Object.entries(places)) {
    await mkdir(folder, { recursive: true });
    for (const [from, to] of COPIES[place]) await copyFile(from, join(folder, to));
  }
  await writeSheets(places.assets);
  await writeHtmx(places.assets);
  await writeManifest(places.assets);
}

async function differences(fresh, committed) {
  const wrong = [];
  for (const name of await readdir(fresh)) {
    const [made, kept] = await Promise.all([
      readFile(join(fresh, name)),
      readFile(join(committed, name)).catch(() => null),
    ]);
    if (kept === null || !made.equals(kept)) wrong.push(join(committed, name));
  }
  return wrong;
}

async function verify() {
  const temporary = await mkdtemp(join(tmpdir(), "towpath-assets-"));
  try {
    const fresh = { assets: join(temporary, "assets"), tests: join(temporary, "tests") };
    await build(fresh);
    const wrong = [];
    for (const place of Object.keys(PLACES)) wrong.push(...(await differences(fresh[place], PLACES[place])));
    for (const name of wrong) console.error(`differs from what is built: ${name}`);
    if (wrong.length > 0) {
      console.error("Run `make assets` and commit the result.");
      process.exitCode = 1;
    }
  } finally {
    await rm(temporary, { recursive: true });
  }
}

if (process.argv.includes("--verify")) {
  await verify();
} else {
  await rm(PLACES.assets, { recursive: true, force: true });
  await build(PLACES);
}
