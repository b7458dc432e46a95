// What a person does with a page, whichever page it is: the walks have these hands.
import { join } from "node:path";
import { check, pictures } from "./browser.mjs";

export function handsOn(page) {
  const button = (name, within = page) => within.getByRole("button", { name, exact: true });

  // picture is what the docs show, where pictures are wanted.
  async function picture(name, height = 768) {
    if (!pictures) return;
    await page.setViewportSize({ width: 1366, height });
    await page.evaluate(() => {
      document.getElementById("main").scrollTo(0, 0);
      for (const message of document.querySelectorAll(".el-message")) message.style.display = "none";
    });
    await page.waitForTimeout(500); // maps are drawn in frames, of which nothing tells
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    await page.setViewportSize({ width: 1366, height: 768 });
  }

  // A list is opened by the keyboard, as who has no mouse does.
  async function choose(label, option, within = page) {
    await within.getByRole("combobox", { name: label, exact: true }).press("Enter");
    await page.getByRole("option", { name: option, exact: true }).click();
  }

  async function sign(name) {
    const field = page.getByLabel(/^(经办人|验收人)$/).last();
    await field.fill(name);
    await field.blur();
  }

  async function saved(name, ending) {
    const [file] = await Promise.all([page.waitForEvent("download"), button(name).click()]);
    check(file.suggestedFilename().endsWith(ending), `${name} is called ${file.suggestedFilename()}`);
    return file;
  }

  async function deed(name, fill) {
    await button(name).click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await fill?.(dialog);
    await button(name, dialog).click();
    await page.getByText(`${name}已登记。`).first().waitFor();
    await dialog.waitFor({ state: "hidden" });
  }

  return { button, picture, choose, sign, saved, deed };
}
