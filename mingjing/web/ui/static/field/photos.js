// Files of a form on a phone: photos taken one after the other are gathered, shown small, and can be taken back.
const gathered = new WeakMap();
const shots = [];

const made = (tag, properties) => Object.assign(document.createElement(tag), properties);

// Puts a camera button before a file input; `inputs` are chosen files, kept here because a picker forgets the last ones.
export function bindFiles(input) {
  if (gathered.has(input)) return;
  const list = [];
  gathered.set(input, list);
  const shown = made("ul", { className: "photos" });
  const camera = made("input", { type: "file", accept: "image/*", hidden: true });
  camera.setAttribute("capture", "environment");
  const shoot = made("button", { type: "button", className: "big", textContent: "拍照" });
  shoot.addEventListener("click", () => camera.click());
  const take = (from) => {
    for (const file of from.files) add(input, file);
    from.value = "";
  };
  camera.addEventListener("change", () => take(camera));
  input.addEventListener("change", () => take(input));
  const pick = made("button", { type: "button", className: "big quiet", textContent: "选文件" });
  pick.addEventListener("click", () => input.click());
  const buttons = made("div", { className: "pick-files" });
  buttons.append(shoot, pick, camera);
  input.required = false;
  input.tabIndex = -1;
  input.classList.add("visually-hidden");
  input.before(buttons);
  input.after(shown);
  shots.push({ input, list, shown });
}

export function add(input, file, name = "") {
  const kept = name ? new File([file], name, { type: file.type }) : file;
  gathered.get(input).push(kept);
  draw(input);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function draw(input) {
  const { list, shown } = shots.find((one) => one.input === input);
  for (const image of shown.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  shown.replaceChildren(
    ...list.map((file, index) => {
      const item = made("li", {});
      const back = made("button", { type: "button", className: "big bad", textContent: "删去" });
      back.setAttribute("aria-label", `删去 ${file.name}`);
      back.addEventListener("click", () => {
        list.splice(index, 1);
        draw(input);
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
      const picture = file.type.startsWith("image/");
      item.append(picture ? made("img", { src: URL.createObjectURL(file), alt: file.name }) : made("span", { textContent: file.name }), back);
      return item;
    }),
  );
}

// What was gathered in a form, as [{ name, file }] for the queue.
export const filesOf = (form) =>
  shots.filter(({ input }) => form.contains(input) && !input.closest("[hidden]")).flatMap(({ input, list }) => list.map((file) => ({ name: input.name, file })));

// Puts back what a draft kept.
export function restore(form, files) {
  for (const { name, file } of files) {
    const found = shots.find(({ input }) => form.contains(input) && input.name === name);
    if (!found) continue;
    found.list.push(file);
    draw(found.input);
  }
}
