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
    { path: "/admin", component: () => import("./views/Admin.vue"), meta: { title: "管理" } },
    { path: "/sign-in", component: () => import("./views/SignIn.vue"), meta: { title: "登录" } },
    { path: "/:rest(.*)", component: () => import("./views/Nowhere.vue"), meta: { title: "没有这个页面" } },
  ],
});

// A screen reader hears where it is, and the keyboard begins at the page.
router.afterEach(async (to, from) => {
  document.title = `${String(to.meta.title)} · 套合`;
  await nextTick();
  if (to.path !== from.path) document.getElementById("main")?.focus({ preventScroll: true });
});
