// 文书号段: which device draws, and that nothing is returned that the queue still needs.
import { ready } from "./field.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import * as numbers from "./numbers-kept.js";

ready.then(async () => {
  const device = await outbox.device();
  document.querySelector("[data-device]").value = device;
  for (const one of document.querySelectorAll("[data-block-device]")) one.textContent = one.dataset.blockDevice === device ? "本机" : "另一部手机";
  await numbers.refresh();
  const waiting = (await store.all("acts")).some((one) => one.number && one.state !== "done");
  for (const button of document.querySelectorAll("form[action$='/return'] button")) {
    if (!waiting) continue;
    button.disabled = true;
    button.textContent = "还有决定书没有上传，现在不能归还";
  }
});
