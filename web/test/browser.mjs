// What the walks share: a browser that notes what must not happen.
import { chromium } from "playwright-core";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

// axe is given to the page by the debugger, which no policy of the page concerns.
export const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const pictures = process.env.TAOHE_PICTURES;

export async function openBrowser(base, others = []) {
  const browser = await chromium.launch({
    executablePath: process.env.TAOHE_CHROMIUM,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN", reducedMotion: "reduce", timezoneId: "Asia/Shanghai" });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults = [];
  // Refusals that a walk asks for; the browser writes a line for each.
  const refused = [];
  page.on("console", (m) => {
    if (m.type() !== "error" && m.type() !== "warning") return;
    const at = m.location().url;
    if (/Failed to load resource/.test(m.text()) && refused.some((r) => at.includes(r))) return;
    // What a walk itself does to see whether anything is drawn, and a machine without a GPU.
    if (/SwiftShader|WebGL|GPU|willReadFrequently/.test(m.text())) return;
    faults.push(`console ${m.type()}: ${m.text()} (${at})`);
  });
  page.on("pageerror", (e) => faults.push(`page error: ${e.message}`));
  page.on("request", (r) => {
    if (![base, ...others].some((site) => r.url().startsWith(site + "/")) && !/^(data|blob):/.test(r.url())) faults.push(`request to another host: ${r.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`));
  });
  return { browser, context, page, faults, refused };
}

// accessible has axe look at the page as it is; what it finds serious is a fault.
export async function accessible(page, faults, name) {
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ["violations"] });
    const why = (n) => [...n.any, ...n.all, ...n.none][0]?.message ?? "";
    return result.violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")} ${why(n)} ${n.html.slice(0, 160)}`) }));
  });
  for (const v of found) if (v.impact === "serious" || v.impact === "critical") faults.push(`${name}: ${v.id} (${v.impact}): ${v.nodes.join(" | ")}`);
}

export async function at(page, base, path) {
  await page.goto(`${base}/#${path}`);
  await page.waitForLoadState("networkidle");
}

// told is a walk that came to its end, or did not.
export function told(faults) {
  if (!faults.length) return;
  console.error(faults.join("\n"));
  process.exitCode = 1;
}

export function check(condition, text) {
  if (!condition) throw new Error(text);
}
