// A camera that reads QR codes: with the browser's reader, or with one that comes with the page where
// the browser has none (iPhones, Firefox, Chrome on most desktops). The page of the door loads this
// before its own module.

/** Between two looks at the picture with the browser's reader, milliseconds. */
const LOOK = 150;
/** The same with the page's, which works on the thread of the page. */
const SLOW_LOOK = 250;
/** Longest side of what the page's reader looks at, pixels: a ticket that fills a third has 5 for each square. */
const LONGEST = 800;
/** How long the page's reader may try more on one picture than it must, milliseconds. */
const EFFORT = 40;
/** What a camera is asked for: a picture with enough in it, no more. */
const WANTED = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };

/** The browser's reader; nothing where it has none for these codes. */
async function browsersReader() {
  const formats = await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => []);
  if (!formats?.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return {
    pause: LOOK,
    async ready() {},
    read: async (video) => (await detector.detect(video)).map(({ rawValue }) => rawValue),
  };
}

/** The page's reader, which is fetched when it is first asked to be ready. */
function pagesReader(place) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  let decode = null, tries = 0;
  return {
    pause: SLOW_LOOK,
    async ready() {
      // Browsers may remember that a module could not be fetched: it is another one then.
      decode ??= (await import(tries++ ? `${place}?${tries}` : place)).decodeQR;
    },
    async read(video) {
      const { videoWidth, videoHeight } = video;
      const scale = Math.min(1, LONGEST / Math.max(videoWidth, videoHeight));
      const width = Math.round(videoWidth * scale), height = Math.round(videoHeight * scale);
      // Nothing has come from the camera yet.
      if (!width || !height) return [];
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      pen.drawImage(video, 0, 0, width, height);
      const { data } = pen.getImageData(0, 0, width, height);
      try {
        return [decode({ width, height, data }, { effort: 2, timeLimit: EFFORT })];
      } catch {
        // No code is in the picture.
        return [];
      }
    },
  };
}

/**
 * A camera whose picture is shown in `video`. `place` is where the page's reader is; `found` is told of
 * every code, as often as it is seen; `turned` is told when the camera is on or off.
 */
globalThis.codeCamera = (video, place, found, turned) => {
  let reader = null, isBusy = false, isStarting = false, timer = 0;
  const isOn = () => video.srcObject !== null;
  const isWatched = () => isOn() && !document.hidden;

  /** One look after the other, as long as somebody watches. */
  async function look() {
    isBusy = true;
    const codes = await reader.read(video).catch(() => []);
    isBusy = false;
    if (!isWatched()) return;
    codes.forEach(found);
    timer = setTimeout(look, reader.pause);
  }

  function watch() {
    clearTimeout(timer);
    if (isWatched() && !isBusy) look();
  }

  function stop() {
    clearTimeout(timer);
    video.srcObject?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    turned(false);
  }

  async function open() {
    try {
      await reader.ready();
    } catch {
      return "no-reader";
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: WANTED });
      // Unplugged, or taken back.
      stream.getTracks().forEach((track) => track.addEventListener("ended", stop));
      video.srcObject = stream;
      await video.play();
    } catch (problem) {
      // Turned off before there was a picture: that is no problem.
      const wasStopped = problem.name === "AbortError" && !isOn();
      stop();
      return wasStopped ? "" : problem.name === "NotFoundError" ? "none" : "denied";
    }
    turned(true);
    watch();
    return "";
  }

  addEventListener("visibilitychange", watch);
  return {
    isOn,
    stop,
    /** Why it can never be turned on; nothing where it may be. What reads is fetched meanwhile: the network may go. */
    async prepare() {
      if (!isSecureContext) return "insecure";
      if (!navigator.mediaDevices?.getUserMedia) return "none";
      reader = (await browsersReader()) ?? pagesReader(place);
      reader.ready().catch(() => {});
      return "";
    },
    /** Turns it on; says why that did not work, nothing where it did. */
    async start() {
      if (isStarting || isOn()) return "";
      isStarting = true;
      return open().finally(() => { isStarting = false; });
    },
  };
};
