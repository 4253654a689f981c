// A field of kind "signature": a pad to sign on with finger, pen or mouse. Without scripts, or without a
// pointer, a picture of the signature is chosen instead; the pad makes it small enough to be sent.
const WIDTH = 800;
const HEIGHT = 320;
const PEN = 5;
// Darker than this counts as ink in a photo; 0 black to 255 white.
const INK = 110;

const made = (tag, properties) => Object.assign(document.createElement(tag), properties);

export function bindSignature(box) {
  const file = box.querySelector("input[type=file]");
  const drawn = box.querySelector("[data-signature-drawn]");
  if (box.querySelector("canvas")) return;
  const canvas = made("canvas", { width: WIDTH, height: HEIGHT });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "签名框：用手指、笔或者鼠标签名；使用键盘的，请选择签名的照片");
  const clear = made("button", { type: "button", className: "button", textContent: "清除" });
  clear.dataset.signatureClear = "";
  const said = made("span", { className: "help" });
  said.setAttribute("role", "status");
  box.prepend(canvas, clear, said);
  box.querySelector("[data-signature-file-help]").textContent = "不便在框内签名的，请选择签名的照片（白纸黑字）：";
  file.accept = "image/*";
  file.required = false;

  const pen = canvas.getContext("2d");
  const tell = () => drawn.dispatchEvent(new Event("input", { bubbles: true }));
  const keep = () => {
    drawn.value = canvas.toDataURL("image/png");
    said.textContent = "已签名。";
    tell();
  };
  const wipe = () => {
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    drawn.value = "";
    file.value = "";
    said.textContent = "";
  };
  clear.addEventListener("click", () => {
    wipe();
    tell();
  });
  bindPen(canvas, pen, keep);
  file.addEventListener("change", async () => {
    const [photo] = file.files;
    if (!photo) return;
    try {
      const picture = await createImageBitmap(photo);
      wipe();
      if (trace(pen, picture)) keep();
      else said.textContent = "照片上看不清签名，请重新拍照：白纸、黑色笔迹、光线充足。";
    } catch (error) {
      file.value = "";
      said.textContent = "这个文件不是图片，请重新选择。";
    }
  });
  const redraw = () => drawn.value && restore(pen, drawn.value, said);
  drawn.addEventListener("change", redraw); // a draft was put back
  redraw();
}

function bindPen(canvas, pen, keep) {
  let last = null;
  const at = (event) => {
    const place = canvas.getBoundingClientRect();
    return [((event.clientX - place.left) * WIDTH) / place.width, ((event.clientY - place.top) * HEIGHT) / place.height];
  };
  const stroke = (event) => {
    const next = at(event);
    Object.assign(pen, { lineWidth: PEN, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...next);
    pen.stroke();
    last = next;
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = at(event);
    stroke(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (last) stroke(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (last) keep();
      last = null;
    });
  }
}

// Only the ink of a photo is kept: what is dark becomes black, the paper becomes nothing. Whether there was any.
function trace(pen, picture) {
  const scale = Math.min(WIDTH / picture.width, HEIGHT / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.drawImage(picture, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
  const image = pen.getImageData(0, 0, WIDTH, HEIGHT);
  let found = false;
  for (let i = 0; i < image.data.length; i += 4) {
    const light = 0.299 * image.data[i] + 0.587 * image.data[i + 1] + 0.114 * image.data[i + 2];
    image.data.set([0, 0, 0, light < INK ? 255 : 0], i);
    found ||= light < INK;
  }
  pen.putImageData(image, 0, 0);
  return found;
}

// What was signed before another field was found wrong is still there.
function restore(pen, url, said) {
  const image = new Image();
  image.addEventListener("load", () => {
    pen.drawImage(image, 0, 0);
    said.textContent = "已签名。";
  });
  image.src = url;
}
