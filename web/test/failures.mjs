// The service is killed in the middle of what a page waits for, and comes back: the
// page says so, and goes on by itself. Arguments: address of the service, address at
// which the test does what no page does, folder of the sample county.
import { join } from "node:path";
import { accessible, at, axeSource, check, openBrowser, pictures, told } from "./browser.mjs";
import { handsOn } from "./hands.mjs";

const [base, control, sample] = process.argv.slice(2);
const { browser, context, page, faults, refused } = await openBrowser(base);
await context.addInitScript({ content: axeSource });
const step = (text) => console.log(text);
const { button, picture, choose } = handsOn(page);
const ask = async (what) => check((await fetch(control + what, { method: "POST" })).ok, `${what} was not done`);
// Of a service that is gone the browser writes a line for each request.
refused.push(base);
const gone = () => page.getByText("连接不上服务，正在重试。").waitFor();
const back = () => page.getByText("连接不上服务，正在重试。").waitFor({ state: "hidden" });

async function ready(file, layer) {
  await at(page, base, "/upload");
  await page.locator("input[type=file]").setInputFiles(join(sample, file));
  await page.getByText("作为什么导入").waitFor();
  await choose("图层", layer);
  await page.getByRole("combobox", { name: "数据时点" }).fill("2022-06-30");
  await page.keyboard.press("Enter");
  await page.waitForLoadState("networkidle");
}

try {
  step("in the middle of an upload: the file is sent again");
  await ready("protected_area.zip", "保护区");
  const network = await context.newCDPSession(page);
  const slow = (bytesPerSecond) => network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond });
  await network.send("Network.enable");
  await slow(2000);
  const begun = page.waitForRequest((r) => r.url().endsWith("/v1/datasets") && r.method() === "POST");
  await button("上传并读取").click();
  await begun;
  await ask("/kill");
  await gone();
  await accessible(page, faults, "上传, the service is gone");
  await picture("web-service-gone");
  await slow(-1);
  await ask("/start");
  await page.getByText("待验收").first().waitFor();
  await back();
  const { items } = await (await fetch(`${base}/v1/datasets?limit=1000`)).json();
  check(items.filter((d) => d.vintage === "2022-06-30").length === 1, "the file is there more than once");

  step("while the file is read: the reading begins again");
  await ready("forest.zip", "林地");
  await choose("来源", "林草部门");
  await ask("/hold?table=dataset_diagnostic_count");
  await button("上传并读取").click();
  await page.getByText("正在读取").first().waitFor();
  await ask("/reached");
  await ask("/kill");
  await gone();
  await ask("/release");
  await ask("/start");
  await page.waitForURL(/#\/datasets\/\d+/);
  await page.getByText("待验收").first().waitFor();
  await back();

  step("in the middle of a run: it goes on with the mines that are not done");
  await at(page, base, "/");
  await page.getByRole("combobox", { name: "套合截止日" }).fill("2022-05-31");
  await page.keyboard.press("Enter");
  await ask("/hold?table=ground_image");
  await button("开始套合").click();
  await page.getByText(/套合 1：/).waitFor();
  await ask("/reached");
  await ask("/kill");
  await gone();
  await page.getByText(/套合 1：/).waitFor(); // what was shown stays
  await ask("/release");
  await ask("/start");
  await page.getByRole("heading", { name: "影像所见占地，按占地账各类（互不重叠）" }).waitFor({ timeout: 120_000 });
  await back();
} catch (err) {
  faults.push(err.stack);
  if (pictures) await page.screenshot({ path: join(pictures, "failed-failures.png") });
} finally {
  await browser.close();
}
told(faults);
