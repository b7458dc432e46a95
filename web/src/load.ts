import { ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { ElMessage } from "element-plus/es/components/message/index";
import { Refusal, unreachable, type Problem } from "./api/client";
import { found } from "./reach";

export interface Loaded<T> {
  data: ShallowRef<T | undefined>;
  problem: Ref<Problem | undefined>;
  loading: Ref<boolean>;
  reload: () => Promise<void>;
}

// load asks at once, and again by reload; of answers that cross, the last asked for
// counts. Where the service did not answer, it is asked again as soon as it does.
export function load<T>(ask: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T>();
  const problem = ref<Problem>();
  const loading = ref(false);
  let turn = 0;
  async function reload() {
    const mine = ++turn;
    loading.value = true;
    try {
      const answer = await ask();
      if (mine !== turn) return;
      data.value = answer;
      problem.value = undefined;
    } catch (err) {
      if (mine !== turn) return;
      problem.value = problemOf(err);
      if (unreachable(problem.value)) void found().then(() => (mine === turn ? reload() : undefined));
    } finally {
      if (mine === turn) loading.value = false;
    }
  }
  void reload();
  return { data, problem, loading, reload };
}

export function problemOf(err: unknown): Problem {
  if (err instanceof Refusal) return err.problem;
  console.error(err);
  return { type: "about:blank", title: "Fault", status: 0, code: "page-fault" as Problem["code"], detail: "页面出错。请刷新后重试；反复出现时请联系管理员。", errors: [], request_id: "" };
}

// told does something that a person asked for, and says in Chinese why it was refused.
export async function told(deed: () => Promise<void>, done = ""): Promise<boolean> {
  try {
    await deed();
    if (done) ElMessage.success(done);
    return true;
  } catch (err) {
    const problem = problemOf(err);
    const faults = problem.errors.map((e) => e.message).filter(Boolean);
    ElMessage.error({ message: [problem.detail, ...faults].join(" "), duration: 10_000, showClose: true });
    return false;
  }
}
