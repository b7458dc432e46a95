import { ElMessageBox } from "element-plus/es/components/message-box/index";

// sure puts a question before what cannot be undone.
export async function sure(question: string, yes: string, title = "确认"): Promise<boolean> {
  try {
    await ElMessageBox.confirm(question, title, { type: "warning", confirmButtonText: yes, cancelButtonText: "返回" });
    return true;
  } catch {
    return false;
  }
}
