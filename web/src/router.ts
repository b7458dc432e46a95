import { nextTick } from "vue";
import { createRouter, createWebHashHistory } from "vue-router";

// Addresses are behind #, so that the service has one page to serve and every
// other path stays the API's.
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: "/", component: () => import("./views/Overview.vue"), meta: { title: "总览" } },
    { path: "/map", component: () => import("./views/Map.vue"), meta: { title: "一张图" } },
    { path: "/upload", component: () => import("./views/Upload.vue"), meta: { title: "上传" } },
    { path: "/datasets/:id(\\d+)", component: () => import("./views/Dataset.vue"), meta: { title: "数据" } },
    { path: "/mines", component: () => import("./views/Mines.vue"), meta: { title: "一矿一案" } },
    { path: "/mines/:licence", component: () => import("./views/Mine.vue"), meta: { title: "一矿一案" } },
    { path: "/findings", component: () => import("./views/Findings.vue"), meta: { title: "疑似问题" } },
    { path: "/findings/:id", component: () => import("./views/Finding.vue"), meta: { title: "问题的依据" } },
    { path: "/ledger", component: () => import("./views/Ledger.vue"), meta: { title: "台账" } },
    { path: "/ledger/:id(\\d+)", component: () => import("./views/Item.vue"), meta: { title: "台账问题" } },
    {
      path: "/admin",
      component: () => import("./views/Admin.vue"),
      children: [
        { path: "", redirect: "/admin/runs" },
        { path: "runs", component: () => import("./admin/Runs.vue"), meta: { title: "套合" } },
        { path: "jobs", component: () => import("./admin/Jobs.vue"), meta: { title: "任务" } },
        { path: "rules", component: () => import("./admin/Rules.vue"), meta: { title: "规则" } },
        { path: "campaign", component: () => import("./admin/Campaign.vue"), meta: { title: "专项行动" } },
        { path: "counties", component: () => import("./admin/Counties.vue"), meta: { title: "旗区" } },
        { path: "accounts", component: () => import("./admin/Accounts.vue"), meta: { title: "账号" } },
        { path: "tokens", component: () => import("./admin/Tokens.vue"), meta: { title: "令牌" } },
        { path: "audit", component: () => import("./admin/Audit.vue"), meta: { title: "操作记录" } },
        { path: "webhooks", component: () => import("./admin/Webhooks.vue"), meta: { title: "变动告知" } },
        { path: "service", component: () => import("./admin/Service.vue"), meta: { title: "服务" } },
        { path: "me", component: () => import("./admin/Me.vue"), meta: { title: "我的账号" } },
      ],
    },
    { path: "/:rest(.*)", component: () => import("./views/Nowhere.vue"), meta: { title: "没有这个页面" } },
  ],
});

// A screen reader hears where it is, and the keyboard begins at the page.
router.afterEach(async (to, from) => {
  document.title = `${String(to.meta.title)} · 套合`;
  await nextTick();
  if (to.path !== from.path) document.getElementById("main")?.focus({ preventScroll: true });
});
