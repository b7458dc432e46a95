import { computed, ref, shallowRef } from "vue";
import { get, post, remove, whoIsAsked, type Schemas } from "./api/client";

export type Me = Schemas["Me"];

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

// Roles, each of which may do what those before it may.
export const roles = [["viewer", "查看"], ["editor", "录入"], ["inspector", "核查"], ["approver", "审核"], ["admin", "管理员"]] as const;
export type Role = (typeof roles)[number][0];
export const roleTitle = (role: string) => roles.find(([code]) => code === role)?.[1] ?? role;
const rank = (role: string) => roles.findIndex(([code]) => code === role);

// may says whether a role reaches a deed. The service decides; this only leaves out
// what it would refuse, and says why.
export const may = (least: Role) => !me.value || rank(me.value.role) >= rank(least);
export const mayAll = () => !me.value || (me.value.role === "admin" && me.value.all_counties);

export const counties = shallowRef<Schemas["County"][]>([]);

// asking is there while somebody is asked to sign in: it is told whether they did.
export const asking = shallowRef<((signedIn: boolean) => void) | null>(null);

whoIsAsked(
  () =>
    new Promise((resolve) => {
      asking.value = (signedIn) => {
        asking.value = null;
        resolve(signedIn);
      };
    }),
);

export async function begin(): Promise<void> {
  const caller = await get<Me>("/v1/me");
  me.value = caller.via === "local" ? null : caller;
  await renewCounties();
}

export async function signIn(name: string, password: string): Promise<void> {
  const caller = await post<Me>("/v1/session", { name, password });
  // Of what somebody else had before them nothing stays.
  if (me.value && me.value.name !== caller.name) return location.reload();
  if (me.value) me.value = caller;
  asking.value?.(true);
}

export async function renewCounties(): Promise<void> {
  counties.value = (await get<Schemas["PageCounty"]>("/v1/counties")).items;
}

export const countyName = (code: string) => counties.value.find((c) => c.code === code)?.name ?? code;

export async function signOut(): Promise<void> {
  await remove<unknown>("/v1/session");
  location.replace("/"); // anew, without what was shown
}
