import { ref } from "vue";

// lost is whether the service is out of reach: said at the top of every page.
export const lost = ref(false);

let looking: Promise<void> | undefined;

// found resolves once the service, which did not answer, answers again.
export function found(): Promise<void> {
  lost.value = true;
  looking ??= look();
  return looking;
}

async function look(): Promise<void> {
  let there = false;
  while (!there) {
    await new Promise((r) => setTimeout(r, 1000));
    there = await fetch("/healthz").then((a) => a.ok, () => false);
  }
  lost.value = false;
  looking = undefined;
}
