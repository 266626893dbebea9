// The price beside the fee class, as the times change. Without this script a button asks for it.

const fee = document.querySelector("[data-price]");
const form = fee?.closest("form");
const shown = fee?.querySelector("[data-price-shown]");
const ASKED = ["space_id", "day", "starts", "ends", "ends_on", "kind", "fee_class_id"];

async function ask() {
  const said = new URLSearchParams();
  for (const name of ASKED) {
    said.set(name, form.elements[name]?.value ?? "");
  }
  const answer = await fetch(`${fee.dataset.price}?${said}`, { headers: { Accept: "application/json" } });
  if (answer.ok) {
    shown.textContent = (await answer.json()).price || "–";
  }
}

if (fee && form) {
  fee.dataset.live = "";
  form.addEventListener("change", (event) => {
    if (ASKED.includes(event.target.name)) {
      ask().catch(() => { shown.textContent = "–"; });
    }
  });
}
