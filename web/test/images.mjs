// Sends several files at once, lays images beneath the map, compares two days, draws
// and measures, in a real browser upon the sample county. Arguments: address of the
// service, folder of the sample county, folder of two images, site of the base map.
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { accessible, at, axeSource, check, openBrowser, pictures, told } from "./browser.mjs";

const [base, sample, folder, beneath] = process.argv.slice(2);
const { browser, context, page, faults } = await openBrowser(base, [beneath]);
await context.addInitScript({ content: axeSource });
page.setDefaultTimeout(90_000); // images are made ready while it waits
const debug = await context.newCDPSession(page);

const mine = "C1599002017081120121295";
const step = (text) => console.log(text);
const button = (name) => page.getByRole("button", { name, exact: true });
const row = (name) => page.locator("tr", { has: page.getByRole("button", { name, exact: true }) });
async function picture(name, height = 768) {
  if (!pictures) return;
  await page.setViewportSize({ width: 1366, height });
  await page.evaluate(() => {
    document.getElementById("main").scrollTo(0, 0);
    for (const message of document.querySelectorAll(".el-message")) message.style.display = "none";
  });
  await drawn();
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  await page.setViewportSize({ width: 1366, height: 768 });
}
// Nothing tells when a map is drawn but that it looks the same as before.
async function drawn() {
  await page.waitForLoadState("networkidle");
  for (let last = ""; ; ) {
    const now = (await page.screenshot()).toString("base64");
    if (now === last) return;
    last = now;
    await page.waitForTimeout(150);
  }
}
async function day(label, value) {
  await page.getByRole("combobox", { name: label, exact: true }).fill(value);
  await page.keyboard.press("Enter");
}
async function choose(label, option) {
  await page.getByRole("combobox", { name: label, exact: true }).press("Enter");
  await page.getByRole("option", { name: option }).first().click();
}
async function drop(paths) {
  const files = await Promise.all(paths.map(async (path) => ({ name: basename(path), text: (await readFile(path)).toString("base64") })));
  const data = await page.evaluateHandle((list) => {
    const carried = new DataTransfer();
    for (const f of list) carried.items.add(new File([Uint8Array.from(atob(f.text), (c) => c.charCodeAt(0))], f.name));
    return carried;
  }, files);
  await page.locator(".drop").dispatchEvent("drop", { dataTransfer: data });
}

try {
  step("several files are dropped at once, each is looked through");
  const made = await mkdtemp(join(tmpdir(), "taohe-images-"));
  const bare = { type: "FeatureCollection", features: [{ type: "Feature", properties: { 名称: "甲", 类别: "森林公园" }, geometry: { type: "Polygon", coordinates: [[[40.2, 109.6], [40.21, 109.6], [40.21, 109.61], [40.2, 109.6]]] } }] };
  await writeFile(join(made, "颠倒.geojson"), JSON.stringify(bare));
  await at(page, base, "/upload");
  await drop([join(sample, "forest.zip"), join(sample, "protected_area.zip"), join(made, "颠倒.geojson"), join(folder, "2021-06-30.tif"), join(folder, "2022-05-10.tif")]);
  await row("protected_area.zip").getByText("可以填写上传").waitFor();
  await row("颠倒.geojson").getByText(/可以填写上传|不能采用/).waitFor();
  await accessible(page, faults, "上传, several");

  step("a correction that is offered is taken, and the file looked through again");
  await button("颠倒.geojson").click();
  await choose("图层", "保护区");
  await page.getByText("可用的更正：").waitFor();
  await page.getByRole("button", { name: "swap", exact: true }).click();
  await page.getByText("已更正：swap").waitFor();
  await row("颠倒.geojson").getByText("可以填写上传").waitFor();
  await button("移去 颠倒.geojson").click();

  step("an upload is given up in the middle, and done again");
  await button("forest.zip").click();
  await choose("图层", "林地");
  await day("数据时点", "2022-06-30");
  await choose("来源", "林草部门");
  await row("forest.zip").getByText("可以填写上传").waitFor();
  await debug.send("Network.enable");
  await debug.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 2000 });
  await button("上传并读取").click();
  await row("forest.zip").getByText("正在上传").waitFor();
  await picture("web-upload-queue", 1000);
  await button("取消 forest.zip").click();
  await row("forest.zip").getByText("已取消").waitFor();
  await debug.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await button("重试 forest.zip").click();
  await row("forest.zip").getByRole("link", { name: /待验收/ }).waitFor();

  step("two images are sent together");
  await button("2021-06-30.tif").click();
  await day("影像日期", "2021-06-30");
  await accessible(page, faults, "上传, image");
  await button("2022-05-10.tif").click();
  await day("影像日期", "2022-05-10");
  await page.getByRole("button", { name: "全部上传（2 个已填好）" }).click();
  for (const name of ["2021-06-30.tif", "2022-05-10.tif"]) await row(name).getByRole("link", { name: "在一张图上看" }).waitFor({ timeout: 90_000 });
  await page.getByRole("heading", { name: "影像", exact: true }).waitFor();

  step("the images lie beneath the map, the base map beneath them");
  const tiles = [];
  page.on("response", (r) => {
    if (/\/tiles\/\d+\/\d+\/\d+$/.test(r.url()) || r.url().startsWith(beneath)) tiles.push(`${r.status()} ${r.url()}`);
  });
  await row("2022-05-10.tif").getByRole("link", { name: "在一张图上看" }).click();
  await page.getByText("测试底图").waitFor();
  await drawn();
  check(tiles.some((t) => /^200 .*orthophotos/.test(t)) && tiles.some((t) => t.includes(beneath)), `tiles asked for: ${tiles.join(", ")}`);
  check(tiles.every((t) => t.startsWith("200")), `tiles refused: ${tiles.filter((t) => !t.startsWith("200")).join(", ")}`);
  const middle = await page.locator(".full").boundingBox();
  const colour = async (clip) => (await page.screenshot({ clip })).toString("base64");
  const patch = { x: middle.x + middle.width / 2 - 170, y: middle.y + middle.height / 2 + 120, width: 40, height: 40 };
  const withImage = await colour(patch);
  await page.getByRole("checkbox", { name: "2022-05-10 2022-05-10.tif" }).press("Space");
  await drawn();
  check((await colour(patch)) !== withImage, "an image that is switched off is still there");
  await page.getByRole("checkbox", { name: "2022-05-10 2022-05-10.tif" }).press("Space");
  await page.getByRole("slider", { name: "2022-05-10 2022-05-10.tif的不透明度" }).press("ArrowLeft");
  check(page.url().includes("img="), "the address does not lead back to the image");
  await accessible(page, faults, "一张图, images");
  await picture("web-map-image");

  step("two days on the two sides of a line, moved by keyboard, mouse and touch");
  await page.getByRole("checkbox", { name: "2022-05-10 2022-05-10.tif" }).press("Space");
  await page.getByRole("checkbox", { name: "卷帘" }).press("Space");
  const line = page.getByRole("slider", { name: "卷帘：两期的分界" });
  const percent = async () => Number(await line.getAttribute("aria-valuenow"));
  check((await line.getAttribute("aria-valuetext")).includes("2021-06-30 影像"), "the older image is not on the left");
  await drawn();
  const probe = { x: middle.x + middle.width / 2 + 30, y: middle.y + middle.height / 2 - 120, width: 40, height: 40 };
  const before = await colour(probe); // on the right, 2022
  await line.focus();
  for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowRight");
  check((await percent()) === 70, `by keyboard at ${await percent()}%`);
  await drawn();
  check((await colour(probe)) !== before, "the side of a place changed, and what it shows did not");
  await page.keyboard.press("Home");
  check((await percent()) === 0, "Home is not the left");
  await page.mouse.move(middle.x + 1, middle.y + 300);
  await page.mouse.down();
  await page.mouse.move(middle.x + middle.width / 2, middle.y + 300, { steps: 5 });
  await page.mouse.up();
  check(Math.abs((await percent()) - 50) <= 1, `by mouse at ${await percent()}%`);
  await drawn();
  check((await colour(probe)) === before, "back at its place the line shows something else");
  await accessible(page, faults, "一张图, two days");
  await picture("web-swipe");
  await debug.send("Emulation.setTouchEmulationEnabled", { enabled: true });
  const touch = (type, x) => debug.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y: middle.y + 300 }] });
  await touch("touchStart", middle.x + middle.width / 2);
  for (const share of [0.45, 0.35, 0.25]) await touch("touchMove", middle.x + middle.width * share);
  await touch("touchEnd");
  await debug.send("Emulation.setTouchEmulationEnabled", { enabled: false });
  check(Math.abs((await percent()) - 25) <= 1, `by touch at ${await percent()}%`);
  await choose("右侧", "2022-05-10 影像图斑");
  await choose("左侧", "2021-06-30 影像图斑");
  await drawn();
  await page.getByRole("checkbox", { name: "卷帘" }).press("Space");
  check((await line.count()) === 0, "the line stays when it is switched off");

  step("a ground is drawn by clicks, and measured where it was clicked");
  const corner = [[0.42, 0.4], [0.56, 0.4], [0.56, 0.56], [0.42, 0.56]].map(([x, y]) => [middle.x + middle.width * x, middle.y + middle.height * y]);
  await page.mouse.move(...corner[0]);
  const shown = await page.locator(".coords").innerText();
  const [, lon, lat] = /(\d+°\d+′[\d.]+″) (\d+°\d+′[\d.]+″)/.exec(shown).map((v) => v.split(/[°′″]/).slice(0, 3).reduce((sum, part, i) => sum + Number(part) / 60 ** i, 0));
  check(/37 带（EPSG:4525） 东 37\d{6}\.\d 北 4\d{6}\.\d/.test(shown), `the coordinates read ${shown}`);
  await button("画地块：面积与合规性审查").click();
  const asked = page.waitForRequest((r) => r.url().endsWith("/v1/check"));
  for (const c of corner.slice(0, 3)) {
    await page.mouse.click(...c);
    await page.waitForTimeout(350); // two clicks within a quarter of a second are one double click
  }
  await page.mouse.dblclick(...corner[3]);
  const { corners } = (await asked).postDataJSON();
  check(corners.length === 4 && Math.abs(corners[0][0] - lon) < 2e-5 && Math.abs(corners[0][1] - lat) < 2e-5, `drawn at ${JSON.stringify(corners)}, clicked at ${lon} ${lat}`);
  const answer = page.getByRole("region", { name: "合规性审查结果" });
  await answer.waitFor();
  const mu = Number((await answer.locator("p strong").first().innerText()).replaceAll(",", ""));
  const metre = [111_132 * Math.cos((lat * Math.PI) / 180) * 1.0023, 111_035];
  const want = (Math.abs(corners[1][0] - corners[0][0]) * metre[0] * Math.abs(corners[2][1] - corners[1][1]) * metre[1] * 3) / 2000;
  check(Math.abs(mu / want - 1) < 0.005, `${mu} mu, and by hand ${want}`);
  await accessible(page, faults, "一张图, drawn");
  await answer.getByRole("button", { name: "关闭" }).click();

  step("a length is measured by clicks");
  await button("量距离").click();
  await page.mouse.click(...corner[0]);
  await page.waitForTimeout(350);
  await page.mouse.dblclick(...corner[1]);
  const measured = await page.getByText(/椭球面上的长度/).innerText();
  const metres = Number(/([\d,.]+) 米/.exec(measured)[1].replaceAll(",", ""));
  const length = Math.abs(corners[1][0] - corners[0][0]) * metre[0];
  check(Math.abs(metres / length - 1) < 0.005, `${metres} m, and by hand ${length}`);

  step("before and after on the mine's page");
  await at(page, base, `/mines/${mine}`);
  await page.getByRole("heading", { name: "前后对比" }).waitFor();
  await page.locator(".beside").scrollIntoViewIfNeeded();
  await page.getByText("2021-06-30 影像 2021-06-30.tif").first().waitFor();
  await page.getByText("2022-05-10 影像 2022-05-10.tif").first().waitFor();
  await drawn();
  const [left, right] = [await page.locator(".beside .map").nth(0).screenshot(), await page.locator(".beside .map").nth(1).screenshot()];
  check(!left.equals(right), "both days look the same");
  await accessible(page, faults, "一矿一案, two days");
  if (pictures) await page.locator("[aria-labelledby=before-after]").screenshot({ path: join(pictures, "web-before-after.png") });

  step("an image is deleted, after a question");
  await at(page, base, "/upload");
  await button("删除影像 2021-06-30.tif").click();
  await page.getByRole("dialog").getByRole("button", { name: "删除", exact: true }).click();
  await button("删除影像 2021-06-30.tif").waitFor({ state: "hidden" });
} catch (err) {
  faults.push(err.stack);
  if (pictures) await page.screenshot({ path: join(pictures, "failed.png") });
} finally {
  await browser.close();
}

told(faults);
