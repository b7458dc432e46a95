// The ledger as a table: many items at once and what came of each, columns, files of
// what is filtered, papers as jobs, print. Argument: address of the service.
import { readFile } from "node:fs/promises";
import { accessible, at, axeSource, check, openBrowser, pictures, told } from "./browser.mjs";
import { handsOn } from "./hands.mjs";

const [base] = process.argv.slice(2);
const { browser, context, page, faults, refused } = await openBrowser(base);
await context.addInitScript({ content: axeSource });
const step = (text) => console.log(text);
const { button, picture, choose, sign } = handsOn(page);
const item = async (id) => (await fetch(`${base}/v1/ledger/items/${id}`)).json();
async function send(path, body) {
  check((await fetch(base + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).ok, `${path} was refused`);
}
const shown = async () => Number((await page.getByRole("status").filter({ hasText: / 条$/ }).first().innerText()).replace(/[^0-9]/g, ""));

try {
  await send("/v1/ledger/feeds", { run_id: 1, by: "张三" });
  await at(page, base, "/ledger");
  await page.getByRole("link", { name: "问题 10", exact: true }).waitFor();
  const all = await shown();

  step("three are chosen by the keyboard; what somebody else did to one meanwhile is said, and left");
  for (const id of [10, 11, 12]) {
    await page.getByRole("checkbox", { name: `选择问题 ${id}`, exact: true }).focus();
    await page.keyboard.press("Space");
  }
  await send("/v1/ledger/items/11/confirm", { by: "别人" });
  await button("批量处理选中的 3 条").click();
  const batch = page.getByRole("dialog", { name: /^批量处理 3 条/ });
  await batch.getByText("交办、改时限").click();
  await batch.getByLabel("承办人", { exact: true }).fill("李四");
  await batch.getByRole("combobox", { name: "完成整改时限" }).fill("2022-06-20");
  await page.keyboard.press("Enter");
  await sign("张三");
  await accessible(page, faults, "批量处理");
  refused.push("/assign");
  await button("交办 3 条", batch).click();
  await batch.getByText("完成 2 条，没有完成 1 条").waitFor();
  const told11 = await batch.getByRole("row").nth(1).innerText();
  check(/^11\b/.test(told11) && !told11.includes("\t完成"), `the item that changed is not told first: ${told11}`);
  await accessible(page, faults, "批量处理, done");
  await picture("web-batch");
  await button("关闭", batch).click();
  await page.waitForLoadState("networkidle");
  for (const [id, who] of [[10, "李四"], [11, ""], [12, "李四"]]) check((await item(id)).assigned_to === who, `item ${id} is not assigned to ${who || "nobody"}`);
  check((await item(12)).deadline === "2022-06-20", "the deadline was not set");

  step("all that are filtered are chosen at once, and what cannot be done to some is said before");
  await page.getByLabel("查找台账问题").fill("鑫湾");
  const some = await shown();
  check(some > 1 && some < all, `the search finds ${some} of ${all}`);
  await button(`选中全部 ${some} 条`).click();
  await button(`批量处理选中的 ${some} 条`).click();
  const confirm = page.getByRole("dialog", { name: /^批量处理/ });
  await confirm.getByText(`核实适用于其中 ${some} 条`).waitFor();
  await button(`核实 ${some} 条`, confirm).click();
  await confirm.getByText(`完成 ${some} 条，没有完成 0 条`).waitFor();
  await button("关闭", confirm).click();

  step("what is filtered leaves as a file, and nothing else");
  const saving = async (name) => {
    const [file] = await Promise.all([page.waitForEvent("download"), button(name).click()]);
    return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
  };
  const table = await saving("CSV");
  const lines = table.content.toString().trim().split("\r\n");
  check(table.name === "台账.csv" && lines.length >= some + 1 && lines.slice(1).filter((l) => l.includes("鑫湾")).length === some, `${table.name} has ${lines.length} lines`);
  check((await saving("XLSX")).name === "台账.xlsx", "the workbook has another name");

  step("columns are chosen, and remembered");
  await page.getByText("显示的列").click();
  for (const name of ["承办人", "整改措施"]) await page.getByRole("checkbox", { name, exact: true }).press("Space");
  await accessible(page, faults, "台账, columns");
  await page.reload();
  await page.getByRole("columnheader", { name: "承办人" }).waitFor();
  check(!(await page.getByRole("columnheader", { name: "整改措施" }).count()), "a column that was left out is shown");
  check((await page.getByLabel("查找台账问题").inputValue()) === "鑫湾", "the address does not lead back to the search");
  await page.getByLabel("查找台账问题").fill("");
  await page.waitForLoadState("networkidle");
  await accessible(page, faults, "台账");

  step("papers of all mines are made meanwhile, show how far they are, and are cancelled");
  await button("全部一矿一案").click();
  await page.getByRole("status").filter({ hasText: "全部一矿一案：" }).waitFor();
  await accessible(page, faults, "台账, papers are made");
  await button("取消全部一矿一案").click();
  await button("取消任务", page.getByRole("dialog", { name: "确认" })).click();
  await page.getByText("已取消。").waitFor();
  await page.getByRole("status").filter({ hasText: "全部一矿一案：" }).waitFor({ state: "hidden" });
  await at(page, base, "/admin/jobs");
  await page.getByRole("row").filter({ hasText: "一矿一案" }).filter({ hasText: "已取消" }).waitFor();
  await button("删除任务 1").click();
  await button("删除", page.getByRole("dialog", { name: "确认" })).click();
  await page.getByText("没有任务。").waitFor();

  step("on paper: the whole list, a mine, an item");
  const pages = async (path, name, last) => {
    await at(page, base, path);
    const inked = () => [...document.querySelectorAll(".map canvas")].some((c) => c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v > 0));
    if (path.startsWith("/mines/")) await page.waitForFunction(inked);
    await page.getByText(last).first().waitFor();
    const pdf = await page.pdf({ format: "A4", landscape: path === "/ledger", printBackground: true, ...(pictures ? { path: `${pictures}/${name}.pdf` } : {}) });
    return pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length ?? 0;
  };
  const list = await pages("/ledger", "print-ledger", "线索");
  check(list >= Math.ceil(all / 50), `the list of ${all} items is on ${list} pages`);
  check((await pages("/mines/C1599002017081120121295", "print-mine", "未核查与数据来源")) > 0, "a mine is on no page");
  check((await pages("/ledger/10", "print-item", "经过（逐条相扣的日志")) > 0, "an item is on no page");
} catch (err) {
  faults.push(err.stack);
  if (pictures) await page.screenshot({ path: `${pictures}/failed-ledger.png` });
} finally {
  await browser.close();
}
told(faults);
