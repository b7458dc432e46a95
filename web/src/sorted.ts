import { computed, shallowRef, type ComputedRef } from "vue";

type Key = string | number | null | undefined;

interface Asked {
  prop: string | null;
  order: "ascending" | "descending" | null;
}

// sorted puts a whole list into the order that the head of a table asks for: the table
// has only the page that is shown, and would sort that. What has no value comes last.
export function sorted<T>(list: () => T[], by: Record<string, (row: T) => Key>): { rows: ComputedRef<T[]>; sort: (asked: Asked) => void } {
  const asked = shallowRef<Asked>({ prop: null, order: null });
  const rows = computed(() => {
    const key = by[asked.value.prop ?? ""];
    if (!key || !asked.value.order) return list();
    const sign = asked.value.order === "descending" ? -1 : 1;
    return [...list()].sort((a, b) => {
      const [x, y] = [key(a) ?? "", key(b) ?? ""];
      if (x === "" || y === "") return Number(x === "") - Number(y === "");
      return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "zh"));
    });
  });
  return { rows, sort: (a) => (asked.value = a) };
}
