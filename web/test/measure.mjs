// Measures the first view of the map and panning it, in a real browser. Arguments:
// address of the service, browser, how often. Writes JSON.
import { chromium } from "playwright-core";

const [base, executable, rounds = "3"] = process.argv.slice(2);
const settled = 700; // ms without a request or a change of the map
const browser = await chromium.launch({
  executablePath: executable || "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-unsafe-swiftshader"],
});

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

async function opened(path, also) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN" });
  const page = await context.newPage();
  const debug = await context.newCDPSession(page);
  await debug.send("Network.enable");
  // Processor time of the page's main thread, whoever else is on the machine.
  await debug.send("Performance.enable", { timeDomain: "threadTicks" });
  const seen = { bytes: 0, requests: 0, last: performance.now() };
  debug.on("Network.loadingFinished", (e) => {
    seen.bytes += e.encodedDataLength;
    seen.requests++;
    seen.last = performance.now();
  });
  const begun = performance.now();
  await page.goto(`${base}/#${path}`);
  await also?.(page);
  for (let moved = ""; ; ) {
    await page.waitForTimeout(100);
    const { metrics } = await debug.send("Performance.getMetrics");
    const busy = metrics.find((m) => m.name === "TaskDuration").value.toFixed(2);
    if (busy !== moved) seen.busy = performance.now();
    moved = busy;
    if (performance.now() - Math.max(seen.last, seen.busy) > settled) break;
  }
  const { metrics } = await debug.send("Performance.getMetrics");
  const of = (name) => metrics.find((m) => m.name === name).value * 1000;
  return { context, page, at: { workMS: of("TaskDuration"), scriptMS: of("ScriptDuration"), settledMS: Math.max(seen.last, seen.busy) - begun, bytes: seen.bytes, requests: seen.requests } };
}

async function view(name, path) {
  const all = [];
  for (let i = 0; i < Number(rounds); i++) {
    const { context, at } = await opened(path);
    all.push(at);
    await context.close();
  }
  const of = (key) => median(all.map((a) => a[key]));
  return { name, workMS: of("workMS"), scriptMS: of("scriptMS"), settledMS: of("settledMS"), bytes: of("bytes"), requests: of("requests") };
}

async function pan(name, path) {
  const { context, page } = await opened(path);
  const box = await page.locator(".full").boundingBox();
  await page.evaluate(() => {
    window.frames_ = [];
    const note = (t) => {
      window.frames_.push(t);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  const middle = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(...middle);
  await page.mouse.down();
  const begun = performance.now();
  for (let i = 0; performance.now() - begun < 3000; i++) await page.mouse.move(middle[0] + 300 * Math.sin(i / 18), middle[1] + 120 * Math.sin(i / 31));
  await page.mouse.up();
  const times = await page.evaluate(() => window.frames_);
  const renderer = await page.evaluate(() => {
    const gl = document.createElement("canvas").getContext("webgl");
    const info = gl?.getExtension("WEBGL_debug_renderer_info");
    return info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "no WebGL";
  });
  await context.close();
  const took = times.slice(1).map((t, i) => t - times[i]).sort((a, b) => a - b);
  const whole = (times[times.length - 1] - times[0]) / 1000;
  return { name, frames: took.length, framesPerSecond: took.length / whole, longestMS: took[took.length - 1], slowestP95: took[Math.floor(took.length * 0.95)], renderer };
}

const everything = "l=division,disturbance,finding,forest,grassland,land_approval,mining_right,protected_area,water_source";
const out = [
  await view("map, as it opens", "/map"),
  await view("map, every layer", `/map?${everything}`),
  await pan("as it opens", "/map"),
  await pan("every layer", `/map?${everything}`),
];
await browser.close();
console.log(JSON.stringify(out));
