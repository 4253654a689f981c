// 出示证件: the showing is an act with its own time and place, kept on the device and uploaded like any other.
import * as outbox from "./outbox.js";

const button = document.querySelector("[data-show]");
const said = document.querySelector("[data-shown]");

button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    const act = { kind: "certificate", title: "出示执法证件", number: button.dataset.number, place: await outbox.place() };
    const row = await outbox.add(act);
    said.textContent = `已记下：${new Date(row.at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" })} 出示证件${row.place ? "（含位置）" : ""}。`;
  } catch (error) {
    said.textContent = error.message;
    button.disabled = false;
  }
  said.hidden = false;
});
// A screen that goes dark in the party's hand is of no use.
navigator.wakeLock?.request("screen").catch(() => {});
