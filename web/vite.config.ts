import { defineConfig, type Plugin } from "vite";
import vue from "@vitejs/plugin-vue";
import components from "unplugin-vue-components/vite";
import { ElementPlusResolver } from "unplugin-vue-components/resolvers";
// @ts-expect-error types of Node are not installed for these few calls
import { readFile, writeFile } from "node:fs/promises";
// @ts-expect-error likewise
import { gzipSync } from "node:zlib";

// compressed puts a .gz beside each file that shrinks by it, so that the service
// compresses nothing while somebody waits.
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    enforce: "post",
    // Only what was written is as it will be served.
    async writeBundle({ dir }, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!/\.(js|css|svg)$/.test(name)) continue;
        await writeFile(`${dir}/${name}.gz`, gzipSync(await readFile(`${dir}/${name}`), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [vue(), components({ dts: false, resolvers: [ElementPlusResolver({ importStyle: "css" })] }), compressed()],
  build: {
    target: "chrome86",
    cssTarget: "chrome86",
    modulePreload: { polyfill: false },
    // No file becomes a data: address; the policy of the page stays narrow.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8080", "/ogc": "http://127.0.0.1:8080" } },
});
