// Walks with accounts: an administrator makes them, each role is offered what it may
// do and told what it may not, a session ends in the middle of work and nothing is
// lost, and an item is closed by four eyes. Arguments: address of the service, address
// at which the test does what no page does, password of 王五.
import { accessible, at, axeSource, check, openBrowser, pictures, told } from "./browser.mjs";
import { handsOn } from "./hands.mjs";

const [base, control, password] = process.argv.slice(2);
const { browser, context, page, faults, refused } = await openBrowser(base);
await context.addInitScript({ content: axeSource });
await context.grantPermissions(["clipboard-read", "clipboard-write"]);
const step = (text) => console.log(text);
const { button, picture, choose, deed } = handsOn(page);
const ask = async (what) => check((await fetch(control + what, { method: "POST" })).ok, `${what} was not done`);
// Whoever is not signed in is refused before they are asked to.
refused.push("/v1/me", "/v1/session");
// A password that is too short.
refused.push("/v1/accounts");

async function signIn(name, word = password) {
  await page.getByRole("dialog", { name: "登录" }).waitFor();
  await page.getByLabel("账号", { exact: true }).fill(name);
  await page.getByLabel("密码", { exact: true }).fill(word);
  await page.keyboard.press("Enter");
}
async function signedIn(name, word = password) {
  await signIn(name, word);
  await page.getByRole("link", { name: new RegExp(`^${name}（`) }).waitFor();
  await page.waitForLoadState("networkidle");
}
async function signOut() {
  await button("退出登录").click();
  await page.getByRole("dialog", { name: "登录" }).waitFor();
}
async function yes(name) {
  const question = page.getByRole("dialog", { name: "确认" });
  await question.waitFor();
  await accessible(page, faults, `question: ${name}`);
  await question.getByRole("button", { name, exact: true }).click();
}
// An item has somebody who answers for it before it is proposed to be closed.
const assign = () =>
  deed("交办", async (dialog) => {
    await dialog.getByLabel("承办人", { exact: true }).fill("李四");
    await dialog.getByLabel("整改责任人", { exact: true }).fill("周八");
    await choose("责任人职级", "副科级", dialog);
  });
const rowOf = (text) => page.getByRole("row").filter({ hasText: text });

try {
  step("whoever comes is asked to sign in; a wrong password says so");
  await at(page, base, "/");
  await page.getByRole("dialog", { name: "登录" }).waitFor();
  await accessible(page, faults, "登录");
  await signIn("王五", "不是这个密码，肯定不是");
  await page.getByRole("alert").filter({ hasText: "密码" }).waitFor();
  await picture("web-sign-in");
  await signedIn("王五");
  await page.getByText("套合 1，截止日").waitFor();

  step("an administrator makes accounts, changes, disables, and sets a password");
  await at(page, base, "/admin/accounts");
  for (const [name, role] of [["孙七", "查看"], ["钱八", "录入"], ["李四", "核查"], ["赵六", "审核"]]) {
    await button("新建账号").click();
    const dialog = page.getByRole("dialog", { name: "新建账号" });
    await dialog.getByLabel("账号名").fill(name);
    await choose("角色", role, dialog);
    if (name === "孙七") {
      await dialog.getByLabel("新密码").fill("短");
      await button("保存", dialog).click();
      await dialog.getByRole("alert").first().waitFor();
      await button("随机生成一个", dialog).click();
      check(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/.test(await dialog.getByLabel("新密码").inputValue()), "no password was drawn");
      await accessible(page, faults, "新建账号");
    }
    await dialog.getByLabel("新密码").fill(password);
    await button("保存", dialog).click();
    await dialog.waitFor({ state: "hidden" });
    await rowOf(name).waitFor();
  }
  await button("修改 孙七").click();
  const change = page.getByRole("dialog", { name: /修改角色和旗区/ });
  await choose("旗区", "示例旗", change);
  await page.keyboard.press("Escape");
  await button("保存", change).click();
  await rowOf("孙七").filter({ hasText: "示例旗" }).waitFor();
  await accessible(page, faults, "账号");
  await picture("web-accounts");

  step("a token is shown once, works, and is revoked");
  await page.getByRole("link", { name: "令牌", exact: true }).click();
  await page.getByLabel("用途").fill("厂商对接");
  await choose("令牌的角色", "录入");
  await button("建立令牌").click();
  const secret = await page.locator(".secret").innerText();
  await button("复制").click();
  check((await page.evaluate(() => navigator.clipboard.readText())) === secret, "the token was not copied");
  const withToken = () => fetch(`${base}/v1/me`, { headers: { Authorization: `Bearer ${secret}` } });
  check((await (await withToken()).json()).role === "editor", "the token is not of its role");
  await accessible(page, faults, "令牌");
  await picture("web-tokens");
  await button("已保存，关闭").click();
  await yes("已保存，关闭");
  check(!(await page.locator(".secret").count()), "the token is still shown");
  await button("作废令牌 厂商对接").click();
  await yes("作废");
  await rowOf("厂商对接").filter({ hasText: "已作废" }).waitFor();
  check((await withToken()).status === 401, "a revoked token is good");

  step("addresses that are told, the campaign, the rules beside those before");
  await page.getByRole("link", { name: "变动告知", exact: true }).click();
  await page.getByLabel("告知的地址").fill("https://192.0.2.1/台账");
  await page.getByLabel("签名密钥").fill("一把足够长的签名用的密钥不告诉人");
  await button("登记").click();
  await rowOf("192.0.2.1").waitFor();
  await accessible(page, faults, "变动告知");
  await page.getByRole("button", { name: /^删除 https/ }).click();
  await yes("不再告知");
  await page.getByText("没有登记地址。").waitFor();
  await page.getByRole("link", { name: "专项行动", exact: true }).click();
  await page.getByText("责任人职级").waitFor();
  await accessible(page, faults, "专项行动");
  await page.getByRole("link", { name: "规则", exact: true }).click();
  await page.getByText("条规则", { exact: false }).first().waitFor();
  await page.getByRole("combobox", { name: "与之比较的版本" }).press("Enter");
  await page.getByRole("option").last().click();
  await page.getByRole("row", { name: /批小占大：连片与批准重叠的比例 0\.1 0\.05/ }).waitFor();
  check(page.url().includes("against="), "the address does not lead back to the comparison");
  await page.getByText("临时用地未批先占").first().click();
  await page.waitForLoadState("networkidle");
  await accessible(page, faults, "规则");
  await picture("web-rules", 900);
  for (const name of ["旗区", "服务", "任务", "套合", "我的账号"]) {
    await page.getByRole("navigation", { name: "管理的各页" }).getByRole("link", { name, exact: true }).click();
    await page.waitForLoadState("networkidle");
    await accessible(page, faults, `管理：${name}`);
  }
  await page.getByRole("link", { name: "套合", exact: true }).last().click();
  await button("继续套合 2").waitFor();
  await picture("web-admin");

  step("who may only look is not offered what they may not do, and told why");
  await signOut();
  await signedIn("孙七");
  await page.getByText("套合需要“录入”以上的角色。").waitFor();
  check(!(await button("开始套合").count()), "a viewer is offered a run");
  await at(page, base, "/upload");
  await page.getByText("上传需要“录入”以上的角色").waitFor();
  await accessible(page, faults, "上传, viewer");
  await at(page, base, "/ledger");
  await page.getByText("台账还没有内容。").waitFor();
  check(!(await button("套合入账").count()), "a viewer is offered to feed the ledger");
  await at(page, base, "/admin/audit");
  await page.getByText("这一页只有可见全部旗区的管理员能看。").waitFor();
  check(!(await page.getByRole("link", { name: "账号", exact: true }).count()), "a viewer is offered the accounts");
  await accessible(page, faults, "操作记录, viewer");

  step("an inspector proposes; the session ends meanwhile, and what was typed is there after signing in");
  await signOut();
  await signedIn("李四");
  await at(page, base, "/ledger");
  await button("套合入账").click();
  await button("入账").click();
  await page.getByText("已入账。").waitFor();
  await page.getByRole("link", { name: "问题 10", exact: true }).click();
  await deed("核实");
  await assign();
  refused.push("/propose", "/v1/ledger", "/v1/runs", "/v1/jobs", "/v1/audit");
  await button("申请销号").click();
  const proposal = page.getByRole("dialog", { name: /^申请销号/ });
  await choose("销号方式", "撤回", proposal);
  await proposal.getByLabel("撤回理由").fill("图斑重复，已与苏木镇核对");
  await ask("/end-sessions");
  await button("申请销号", proposal).click();
  await page.getByText("登录已失效。登录后从刚才停下的地方继续").waitFor();
  await accessible(page, faults, "登录, again");
  await picture("web-session-ended");
  check(await page.getByLabel("账号", { exact: true }).inputValue() === "李四", "the account is to be typed again");
  await page.getByLabel("密码", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await page.getByText("申请销号已登记。").waitFor();
  await proposal.waitFor({ state: "hidden" });
  check(page.url().endsWith("/#/ledger/10"), `not back at the item but at ${page.url()}`);
  await page.getByText("销号由“审核”以上的角色决定。").waitFor();
  check(!(await button("同意销号").count()), "an inspector is offered to approve");

  step("a session that ended is noticed at the next page, which is then shown");
  await ask("/end-sessions");
  await page.getByRole("link", { name: "台账", exact: true }).click();
  await page.getByLabel("密码", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "问题 10", exact: true }).waitFor();

  step("another approves; who proposed is not asked to");
  await signOut();
  await signedIn("赵六");
  await at(page, base, "/ledger/11");
  await deed("核实");
  await assign();
  await deed("申请销号", async (dialog) => {
    await choose("销号方式", "撤回", dialog);
    await dialog.getByLabel("撤回理由").fill("重复");
  });
  await page.getByText("这次销号是您申请的，须由另一个人决定。").waitFor();
  check(!(await button("同意销号").count()), "who proposed is offered to approve");
  await at(page, base, "/ledger/10");
  await page.getByText("待验收").first().waitFor();
  await deed("同意销号");
  await page.getByText("已销号").first().waitFor();
  await accessible(page, faults, "台账问题, closed");

  step("a password of one's own");
  await page.getByRole("link", { name: /^赵六（/ }).click();
  const another = "河边的四棵老榆树和一口井";
  await page.getByLabel("现用密码").fill("不是这个密码，肯定不是");
  await page.getByLabel(/^新密码/).fill(another);
  await page.getByLabel("再写一次").fill(another);
  await button("修改密码").click();
  await page.getByRole("main").getByRole("alert").waitFor();
  await page.getByLabel("现用密码").fill(password);
  await button("修改密码").click();
  await page.getByText("密码已修改").waitFor();
  await signOut();
  await signedIn("赵六", another);

  step("whose account is disabled, or given another password, is out at once");
  const elsewhere = await browser.newContext({ locale: "zh-CN", reducedMotion: "reduce" });
  const theirs = await elsewhere.newPage();
  await theirs.goto(base);
  await theirs.getByLabel("账号", { exact: true }).fill("孙七");
  await theirs.getByLabel("密码", { exact: true }).fill(password);
  await theirs.keyboard.press("Enter");
  await theirs.getByRole("link", { name: /^孙七（/ }).waitFor();
  await signOut();
  await signedIn("王五");
  await at(page, base, "/admin/accounts");
  await button("重设密码 孙七").click();
  const reset = page.getByRole("dialog", { name: /重设密码/ });
  await reset.getByLabel("新密码").fill(another);
  await button("保存", reset).click();
  await reset.waitFor({ state: "hidden" });
  await theirs.getByRole("link", { name: "一矿一案", exact: true }).click();
  await theirs.getByText("登录已失效。").waitFor();
  await theirs.getByLabel("密码", { exact: true }).fill(another);
  await theirs.keyboard.press("Enter");
  await theirs.getByRole("table").first().waitFor();
  await button("停用 孙七").click();
  await yes("停用");
  await rowOf("孙七").filter({ hasText: "已停用" }).waitFor();
  await theirs.getByRole("link", { name: "台账", exact: true }).click();
  await theirs.getByText("登录已失效。").waitFor();
  await elsewhere.close();

  step("who did what is found again");
  await page.getByRole("link", { name: "操作记录", exact: true }).click();
  await page.getByRole("heading", { name: "操作记录" }).waitFor();
  await page.getByRole("textbox", { name: "账号", exact: true }).fill("李四");
  await page.getByRole("textbox", { name: "操作", exact: true }).fill("propose");
  await button("查找").click();
  await page.waitForFunction(() => document.querySelectorAll("main tbody tr").length === 1);
  await rowOf("propose-ledger-item").filter({ hasText: "/v1/ledger/items/10/propose" }).waitFor();
  check(page.url().includes("actor="), "the address does not lead back to the search");
  await page.getByRole("textbox", { name: "操作", exact: true }).fill("");
  await button("查找").click();
  await rowOf("confirm-ledger-item").waitFor();
  await accessible(page, faults, "操作记录");
  await picture("web-audit");
} catch (err) {
  faults.push(err.stack);
  if (pictures) await page.screenshot({ path: `${pictures}/failed-people.png` });
} finally {
  await browser.close();
}
told(faults);
