import { createApp } from "vue";
import App from "./App.vue";
import { router } from "./router";
import "element-plus/es/components/message/style/css";
import "element-plus/es/components/message-box/style/css";
import "./style.css";

// Whoever went away to sign in comes back to where they were.
const back = sessionStorage.getItem("taohe.back");
sessionStorage.removeItem("taohe.back");
if (back && !location.search) history.replaceState(null, "", back);

createApp(App).use(router).mount("#app");
