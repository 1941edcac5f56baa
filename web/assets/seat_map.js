// A map of seats that one looks at closely: zoom, pan, and which seat is next in a direction.
// Pages that show such a map load this before their own module.

// A seat is 24 units wide: so large it should be for a finger.
const FINGER = 24;
const SEAT = 24;

/** `pans` says whether a pointer that is drawn across the map moves it. */
globalThis.seatMap = (frame, map, pans = () => true) => {
  const natural = () => ({ width: Number(map.getAttribute("width")), height: Number(map.getAttribute("height")) });
  let view = { x: 0, y: 0, scale: 1 };
  let wholeScale = 1;

  const size = () => ({ width: frame.clientWidth, height: frame.clientHeight });
  function place() {
    const { width, height } = size();
    const fit = (offset, length, room) =>
      length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, offset));
    view.x = fit(view.x, natural().width * view.scale, width);
    view.y = fit(view.y, natural().height * view.scale, height);
    // A finger on a map that is whole scrolls the page.
    frame.style.touchAction = view.scale > wholeScale * 1.01 || !pans({ pointerType: "touch" }) ? "none" : "pan-y";
    map.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  }
  function zoom(factor, at) {
    const { width, height } = size();
    at ??= { x: width / 2, y: height / 2 };
    const scale = Math.min(3, Math.max(wholeScale, view.scale * factor));
    const by = scale / view.scale;
    view = { scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by };
    place();
  }
  /** How far the whole hall is away; the frame is as high as that takes. */
  function measure() {
    const { width } = size();
    wholeScale = Math.min(1.4, width / natural().width);
    frame.style.height = `${Math.min(natural().height * wholeScale, innerHeight * 0.75)}px`;
    wholeScale = Math.min(wholeScale, frame.clientHeight / natural().height);
  }
  function all() {
    measure();
    view = { x: 0, y: 0, scale: wholeScale };
    place();
  }
  /** Another hall is in the map: what was seen of the one before stays in sight as far as it can. */
  function again() {
    const whole = view.scale <= wholeScale * 1.01;
    measure();
    if (whole) view.scale = wholeScale;
    view.scale = Math.max(view.scale, wholeScale);
    place();
  }
  function show(seat) {
    const { width, height } = size();
    const [x, y] = [seat.x * view.scale + view.x, seat.y * view.scale + view.y];
    const edge = 30 * view.scale;
    if (x < edge) view.x += edge - x;
    if (x > width - edge) view.x -= x - (width - edge);
    if (y < edge) view.y += edge - y;
    if (y > height - edge) view.y -= y - (height - edge);
    place();
  }
  const spot = (event) => {
    const { left, top } = frame.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  /** Where in the map a place of the frame is. */
  const inMap = ({ x, y }) => ({ x: (x - view.x) / view.scale, y: (y - view.y) / view.scale });
  /** Too small for a finger: it comes nearer first. */
  function nearer(event) {
    if (event.pointerType !== "touch" || SEAT * view.scale >= FINGER * 0.75) return false;
    zoom(1.2 / view.scale, spot(event));
    return true;
  }
  document.getElementById("tools").addEventListener("click", ({ target }) => {
    if (target.dataset.zoom === "all") all();
    else if (target.dataset.zoom) zoom(target.dataset.zoom === "in" ? 1.4 : 1 / 1.4);
  });
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), spot(event));
  }, { passive: false });

  const fingers = new Map();
  let dragged = 0;
  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    fingers.set(event.pointerId, spot(event));
    if (fingers.size === 1) dragged = 0;
  });
  addEventListener("pointermove", (event) => {
    const was = fingers.get(event.pointerId);
    if (!was) return;
    const now = spot(event);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const apart = (point) => Math.hypot(point.x - other.x, point.y - other.y);
      zoom(apart(now) / Math.max(1, apart(was)), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
      dragged = Infinity;
    } else {
      dragged += Math.hypot(now.x - was.x, now.y - was.y);
      if (dragged > 6 && pans(event)) {
        view.x += now.x - was.x;
        view.y += now.y - was.y;
        place();
      }
    }
    fingers.set(event.pointerId, now);
  });
  // Two fingers zoom the map, not the page.
  for (const touch of ["touchstart", "touchmove"]) {
    frame.addEventListener(touch, (event) => { if (event.touches.length > 1) event.preventDefault(); }, { passive: false });
  }
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, (event) => fingers.delete(event.pointerId));

  /** The nearest seat in a direction: one that is straight on counts as nearer. */
  function towards(seats, from, dx, dy) {
    let best;
    let least = Infinity;
    for (const seat of seats) {
      const [x, y] = [seat.x - from.x, seat.y - from.y];
      const ahead = x * dx + y * dy;
      const aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (ahead < 8 || aside > ahead * 3 + 8) continue;
      const far = ahead + aside * 2;
      if (far < least) [best, least] = [seat, far];
    }
    return best;
  }

  let wide = innerWidth;
  addEventListener("resize", () => {
    // A phone's own bars come and go without a change of width.
    if (wide !== innerWidth) all();
    wide = innerWidth;
  });
  return { zoom, all, again, place, show, spot, inMap, nearer, towards, dragged: () => dragged > 6, fingers: () => fingers.size };
};
