/* What belongs to this device and nobody else: the hand that holds it, and the way to its home screen.
 *
 * Rule: nothing here is needed for counting; a browser that forbids storage only forgets the hand.
 */

const HAND = "stadtherz-counter-hand";

export function equipDevice(root) {
  const box = root.querySelector("[data-device]");
  chooseHand(root, box.querySelector("[data-hand]"));
  offerInstall(box);
}

function chooseHand(root, choice) {
  const kept = remembered();
  for (const input of choice.querySelectorAll("input")) {
    input.checked = input.value === kept;
    input.addEventListener("change", () => {
      root.dataset.holds = input.value;
      remember(input.value);
    });
  }
  root.dataset.holds = kept;
  choice.hidden = false;
}

function offerInstall(box) {
  const offer = box.querySelector("[data-install]");
  const hint = box.querySelector("[data-install-hint]");
  if (!globalThis.isSecureContext) {
    hint.hidden = true;
    box.querySelector("[data-plain-http]").hidden = false;
  }
  if (matchMedia("(display-mode: standalone)").matches) hint.hidden = true;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer.hidden = false;
    hint.hidden = true;
    offer.querySelector("button").onclick = () => event.prompt();
  });
  addEventListener("appinstalled", () => {
    offer.hidden = true;
  });
}

function remembered() {
  try {
    return localStorage.getItem(HAND) === "left" ? "left" : "right";
  } catch {
    return "right";
  }
}

function remember(hand) {
  try {
    localStorage.setItem(HAND, hand);
  } catch (error) {
    console.warn("this browser does not remember the hand", error);
  }
}
