import { computed, ref, shallowRef } from "vue";
import { get, post, remove, Refusal, signedOut, type Schemas } from "./api/client";
import { router } from "./router";

export interface Me {
  name: string;
  role: string;
}

// me is who is signed in; null where the service keeps no accounts, and whoever
// signs a deed types their name.
export const me = shallowRef<Me | null>(null);

// typed is that name, remembered on this machine.
const typed = ref(localStorage.getItem("taohe.who") ?? "");

export const who = computed({
  get: () => me.value?.name || typed.value,
  set: (name: string) => {
    typed.value = name.trim();
    localStorage.setItem("taohe.who", typed.value);
  },
});

export const counties = shallowRef<Schemas["County"][]>([]);

// signedIn remembers that somebody signed in with this browser: only then there is an
// account to ask for.
const signedIn = "taohe.signed-in";

export async function begin(): Promise<void> {
  try {
    if (localStorage.getItem(signedIn)) me.value = await get<Me>("/v1/me");
    await renewCounties();
  } catch (err) {
    // Who is not signed in is on the way to the page for that.
    if (!(err instanceof Refusal) || err.problem.status !== 401) throw err;
    me.value = null;
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  await post<unknown>("/v1/session", { name, password });
  localStorage.setItem(signedIn, "yes");
  await begin();
}

export async function renewCounties(): Promise<void> {
  counties.value = (await get<Schemas["PageCounty"]>("/v1/counties")).items;
}

export const countyName = (code: string) => counties.value.find((c) => c.code === code)?.name ?? code;

export async function signOut(): Promise<void> {
  await remove<unknown>("/v1/session");
  me.value = null;
  localStorage.removeItem(signedIn);
  await router.push("/sign-in");
}

// Whoever is sent to sign in comes back to the view they were at.
signedOut.addEventListener("signed-out", () => {
  const at = router.currentRoute.value;
  if (at.path !== "/sign-in") void router.push({ path: "/sign-in", query: { back: at.fullPath } });
});
