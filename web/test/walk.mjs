// Walks a bureau's way from an empty database to a closed item, in a real browser
// upon a real service. Arguments: address of the service, folder of the sample
// county. TAOHE_PICTURES is a folder for pictures where they are wanted.
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessible, at, axeSource, check, openBrowser, pictures, told } from "./browser.mjs";
import { handsOn } from "./hands.mjs";

const [base, sample] = process.argv.slice(2);
const { browser, context, page, faults, refused } = await openBrowser(base);
await context.addInitScript({ content: axeSource });

const mine = "C1599002017081120121295";
const step = (text) => console.log(text);
const { button, picture, choose, sign, saved, deed } = handsOn(page);

try {
  step("the empty service says where to begin");
  await at(page, base, "/");
  await page.getByText("登记旗区、上传各图层").waitFor();
  await accessible(page, faults, "总览, empty");

  step("a county is registered");
  await page.getByRole("link", { name: "上传", exact: true }).click();
  await page.getByLabel("六位旗区代码").fill("159900");
  await page.getByLabel("旗区名称").fill("示例旗");
  for (const [side, degrees] of [["西", "109"], ["南", "40"], ["东", "110.75"], ["北", "40.5"]]) await page.getByLabel(`范围：${side}，度`).fill(degrees);
  await button("登记").click();
  await button("选择文件").waitFor();

  step("a file that is none, and one in Xian 80, are told so before anything is stored");
  const folder = await mkdtemp(join(tmpdir(), "taohe-walk-"));
  await writeFile(join(folder, "说明.txt"), "这不是图层");
  refused.push("/v1/inspections");
  await page.locator("input[type=file]").setInputFiles(join(folder, "说明.txt"));
  await page.getByText(/未采用|没有完成/).first().waitFor();
  const xian = { type: "FeatureCollection", crs: { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::4610" } }, features: [{ type: "Feature", properties: { 许可证号: mine }, geometry: { type: "Polygon", coordinates: [[[109.6, 40.2], [109.61, 40.2], [109.61, 40.21], [109.6, 40.2]]] } }] };
  await writeFile(join(folder, "西安80.geojson"), JSON.stringify(xian));
  await page.locator("input[type=file]").setInputFiles(join(folder, "西安80.geojson"));
  await page.getByText(/西安|1980|转换参数/).first().waitFor();

  step("each layer is inspected, sent, read and accepted");
  const layers = [
    ["mining_right.zip", "2022-04-30"], ["division.geojson", "2021-12-31"], ["land_approval.zip", "2022-05-31"], ["protected_area.zip", "2021-12-31"],
    ["water_source.geojson", "2021-12-31"], ["forest.zip", "2021-12-31", "林草部门"], ["grassland.geojson", "2021-12-31", "国土调查"], ["disturbance.zip", "2022-05-31"],
  ];
  for (const [file, vintage, source] of layers) {
    await at(page, base, "/upload");
    // The first is dropped upon the page, as people do; a chooser takes the others.
    if (file === "mining_right.zip") await drop(join(sample, file));
    else await page.locator("input[type=file]").setInputFiles(join(sample, file));
    await page.getByText("作为什么导入").waitFor();
    const titles = { "mining_right.zip": "采矿权", "division.geojson": "行政区划", "land_approval.zip": "批准用地", "protected_area.zip": "保护区", "water_source.geojson": "水源地", "forest.zip": "林地", "grassland.geojson": "草原", "disturbance.zip": "影像图斑" };
    await choose("图层", titles[file]);
    if (file === "division.geojson") {
      await page.getByRole("combobox", { name: "数据时点" }).click();
      await page.getByRole("dialog", { name: "数据时点：日历" }).waitFor();
      await accessible(page, faults, "上传, calendar");
    }
    await page.getByRole("combobox", { name: "数据时点" }).fill(vintage);
    await page.keyboard.press("Enter");
    if (source) await choose("来源", source);
    if (file === "disturbance.zip") await page.getByLabel("影像日期", { exact: true }).fill("2021-06-30、2022-05-10");
    await page.waitForLoadState("networkidle");
    if (file === "mining_right.zip") {
      await accessible(page, faults, "上传");
      await picture("web-upload", 1160);
    }
    await button("上传并读取").click();
    await page.getByText("待验收").first().waitFor();
    await sign("张三");
    if (file === "mining_right.zip") await accessible(page, faults, "数据");
    if (file === "disturbance.zip") await picture("web-dataset");
    await button("验收").click();
    await page.getByText(/张三 于 .* 验收/).waitFor();
  }

  step("the county is overlaid, and the overview counts it");
  await at(page, base, "/");
  await page.getByRole("combobox", { name: "套合截止日" }).fill("2022-05-31");
  await page.keyboard.press("Enter");
  await button("开始套合").click();
  await page.getByRole("heading", { name: "影像所见占地，按占地账各类（互不重叠）" }).waitFor({ timeout: 180_000 });
  await page.waitForLoadState("networkidle");
  await accessible(page, faults, "总览");
  await picture("web-overview");
  await page.getByRole("link", { name: "有疑似问题" }).click();
  await page.getByRole("table").first().waitFor();
  await accessible(page, faults, "一矿一案, list");

  step("one mine: the account adds up, the finding leads to its grounds");
  await at(page, base, `/mines/${mine}`);
  await page.getByText("645.95").first().waitFor();
  const parts = await page.locator("[aria-labelledby=account] tbody tr td:nth-child(2)").allInnerTexts();
  const whole = await page.locator("[aria-labelledby=account] tfoot td:nth-child(2)").innerText();
  const cents = (text) => Math.round(Number(text.replaceAll(",", "")) * 100);
  check(parts.reduce((sum, p) => sum + cents(p), 0) === cents(whole), `the account: ${parts.join(" + ")} is not ${whole}`);
  await page.getByRole("button", { name: /^越界开采/ }).click();
  await page.waitForLoadState("networkidle");
  await accessible(page, faults, "一矿一案");
  await picture("web-mine", 1140);
  check(page.url().includes("finding="), "the address does not lead back to the finding");
  await saved("档案 XLSX", ".xlsx");
  await saved("档案 DOCX", ".docx");
  await button("重新计算").click();
  await page.getByText("数据没有变化，仍是这次的结果。").or(page.getByText("已按现有数据重新计算")).waitFor();
  await page.getByRole("link", { name: /全部依据/ }).first().click();
  await page.getByRole("heading", { name: "界址点" }).waitFor();
  await page.waitForLoadState("networkidle");
  await accessible(page, faults, "依据");
  await picture("web-finding");

  step("the list of findings: its heads sort all of it, not the page that is shown");
  await at(page, base, "/findings");
  await page.getByRole("table").first().waitFor();
  await accessible(page, faults, "疑似问题");
  const { items } = await page.evaluate(async () => (await fetch("/v1/findings?limit=1000")).json());
  check(items.length > 50, `${items.length} findings are one page, and show nothing of sorting`);
  const largest = Math.max(...items.map((f) => f.mu));
  await page.getByRole("columnheader", { name: "亩" }).click(); // ascending
  await page.getByRole("columnheader", { name: "亩" }).click();
  const first = await page.locator(".el-table__body tr").first().locator(".num").innerText();
  check(cents(first) === Math.round(largest * 100), `sorted by mu the first is ${first}, the largest ${largest}`);

  step("the map: layers, a ground that is pasted, the way back");
  await at(page, base, "/map");
  await page.waitForLoadState("networkidle");
  await accessible(page, faults, "一张图");
  await page.getByRole("application").press("+");
  await page.waitForFunction(() => [...document.querySelectorAll(".full canvas")].some((c) => c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v > 0)));
  await button("粘贴坐标审查").click();
  await page.getByLabel("坐标", { exact: true }).fill("110.160 40.268\n110.172 40.268\n110.172 40.278\n110.160 40.278");
  await button("审查").click();
  await page.getByText("合规性审查，截止日").waitFor();
  await page.getByRole("link", { name: "鑫湾煤矿", exact: true }).first().waitFor();
  await accessible(page, faults, "审查");
  await picture("web-map");

  step("the ledger: fed, confirmed, assigned, proposed, approved by another");
  await at(page, base, "/ledger");
  await button("套合入账").click();
  await page.getByText("将带来的变化").waitFor();
  await accessible(page, faults, "入账");
  await button("入账").click();
  await page.getByText("已入账。").waitFor();
  await page.getByRole("link", { name: "问题 10", exact: true }).waitFor();
  await page.waitForLoadState("networkidle");
  await accessible(page, faults, "台账");
  await picture("web-ledger");
  await saved("附件1 XLSX", ".xlsx");
  await page.getByRole("link", { name: "问题 10", exact: true }).click();
  await deed("核实");
  await deed("交办", async (dialog) => {
    await dialog.getByLabel("承办人", { exact: true }).fill("李四");
    await dialog.getByLabel("整改责任人", { exact: true }).fill("赵六");
    await choose("责任人职级", "副科级", dialog);
    await dialog.getByLabel("联系方式").fill("0477-0000000");
    await dialog.getByLabel("整改措施").fill("限期复垦、恢复植被");
  });
  await deed("开始整改");
  await deed("申请销号", async (dialog) => {
    await choose("销号方式", "撤回", dialog);
    await dialog.getByLabel("撤回理由").fill("图斑重复");
  });
  await page.getByText("待验收").first().waitFor();
  refused.push("/approve");
  await button("同意销号").click();
  const approval = page.getByRole("dialog");
  await accessible(page, faults, "同意销号");
  await approval.getByRole("button", { name: "同意销号" }).click();
  await approval.getByRole("alert").waitFor(); // whoever proposed cannot approve
  await sign("王五");
  await approval.getByRole("button", { name: "同意销号" }).click();
  await page.getByText("已销号").first().waitFor();
  await page.waitForLoadState("networkidle");
  await accessible(page, faults, "台账问题");
  await picture("web-item");

  step("what nobody finds says so; the keyboard reaches the pages; a service that is gone is told of");
  await at(page, base, "/admin");
  await accessible(page, faults, "管理");
  await at(page, base, "/nowhere");
  await page.getByText("没有这个页面").first().waitFor();
  await page.keyboard.press("Shift+Tab");
  await page.goto(base);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  check(await page.evaluate(() => document.activeElement?.id === "main"), "the first key does not skip to the text");
  refused.push("/v1/", "/healthz");
  await context.setOffline(true);
  await page.getByRole("link", { name: "台账", exact: true }).click();
  await page.getByText("连接不上服务").first().waitFor();
  await context.setOffline(false); // and the page goes on by itself
  await page.getByRole("link", { name: "问题 10", exact: true }).waitFor({ timeout: 60_000 });
} catch (err) {
  faults.push(err.stack);
  if (pictures) await page.screenshot({ path: join(pictures, "failed.png") });
} finally {
  await browser.close();
}

async function drop(path) {
  const { readFile } = await import("node:fs/promises");
  const content = (await readFile(path)).toString("base64");
  const data = await page.evaluateHandle((text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], "mining_right.zip"));
    return carried;
  }, content);
  await page.locator(".drop").dispatchEvent("drop", { dataTransfer: data });
}

told(faults);
