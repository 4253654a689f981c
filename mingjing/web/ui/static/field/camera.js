// Camera and microphone: opening them, the form they record in, a still picture, and a copy of it with a watermark.
const TYPES = {
  video: ["video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/webm", "video/mp4"],
  audio: ["audio/webm;codecs=opus", "audio/mp4", "audio/webm"],
};
const BITS = { video: 1600000, audio: 64000 }; // per second, together with the sound
const QUALITY = 0.92; // of JPEG

let opened = null;
let lost = () => {};
let context = null;

export const stream = () => opened;
export const onLost = (act) => (lost = act);
export const bytesPerSecond = (mode) => BITS[mode === "audio" ? "audio" : "video"] / 8;
export const mediaType = (mode) => TYPES[mode]?.find((type) => MediaRecorder.isTypeSupported(type)) || "";
export const extension = (type) => (type.includes("mp4") ? (type.startsWith("audio") ? "m4a" : "mp4") : type.startsWith("audio") ? "weba" : "webm");

export async function open(mode, preview) {
  close(preview);
  const video = mode === "audio" ? false : { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
  opened = await navigator.mediaDevices.getUserMedia({ video, audio: mode !== "photo" });
  for (const track of opened.getTracks()) track.addEventListener("ended", () => lost());
  preview.srcObject = mode === "audio" ? null : opened;
  if (mode !== "audio") await preview.play().catch(() => {});
}

export function close(preview) {
  for (const track of opened?.getTracks() || []) track.stop();
  opened = null;
  preview.srcObject = null;
  context?.close();
  context = null;
}

export function recorder(mode) {
  const options = { mimeType: mediaType(mode) };
  if (mode === "audio") options.audioBitsPerSecond = BITS.audio;
  else Object.assign(options, { videoBitsPerSecond: BITS.video - 64000, audioBitsPerSecond: 64000 });
  return new MediaRecorder(opened, options);
}

// Tells the loudness (0 to 1) some times a second, while the microphone is open.
export function listen(tell) {
  if (!opened?.getAudioTracks().length || !window.AudioContext) return;
  context = new AudioContext();
  const ear = context.createAnalyser();
  ear.fftSize = 512;
  context.createMediaStreamSource(opened).connect(ear);
  const heard = new Uint8Array(ear.fftSize);
  const mine = context;
  const timer = setInterval(() => {
    if (mine.state === "closed") return clearInterval(timer);
    ear.getByteTimeDomainData(heard);
    tell(Math.min(1, Math.max(...heard.map((one) => Math.abs(one - 128))) / 100));
  }, 150);
}

// Why it cannot be recorded, in words.
export function why(error) {
  if (error.name === "NotAllowedError") return "没有得到使用摄像头、麦克风的许可。请在浏览器地址栏的权限设置中改为“允许”，再点一次；也可以用页面下方“用手机自带的相机”。";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "这台设备没有找到摄像头或者麦克风。可以改选“录音”，或者用执法记录仪录制后在“录像采集”页面导入。";
  if (error.name === "NotReadableError" || error.name === "AbortError") return "摄像头或者麦克风正被其他程序占用。请关闭通话、相机等程序后再点一次。";
  return `不能录制：${error.message || error.name}。已录的内容都在本机。`;
}

const toBlob = (canvas) => new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("没有得到图像"))), "image/jpeg", QUALITY));

function drawn(source, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").drawImage(source, 0, 0, width, height);
  return canvas;
}

export async function frame(preview) {
  if (!preview.videoWidth) throw new Error("画面还没有出来，请稍候再拍");
  return toBlob(drawn(preview, preview.videoWidth, preview.videoHeight));
}

// A copy with the lines burnt in below; the photo itself stays as it is.
export async function watermarked(photo, lines) {
  const picture = await createImageBitmap(photo);
  const canvas = drawn(picture, picture.width, picture.height);
  const pen = canvas.getContext("2d");
  const size = Math.max(14, Math.round(Math.min(picture.width, picture.height) / 26));
  const band = Math.round(size * 1.5 * lines.length + size * 0.6);
  pen.fillStyle = "rgba(0, 0, 0, 0.55)";
  pen.fillRect(0, picture.height - band, picture.width, band);
  pen.fillStyle = "#fff";
  pen.font = `${size}px sans-serif`;
  pen.textBaseline = "top";
  lines.forEach((line, place) => pen.fillText(line, size * 0.6, picture.height - band + size * 0.45 + place * size * 1.5, picture.width - size * 1.2));
  return toBlob(canvas);
}
