// On the page that keeps a form whose session had ended: before it is sent again, the form gets the token of
// the session that began meanwhile, in the window beside. Without this script it has to be sent twice.

const form = document.querySelector("[data-send-again]");

async function freshToken() {
  const answer = await fetch(form.dataset.sendAgain, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("input[name=csrf_token]")?.value;
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const own = form.querySelector("input[name=csrf_token]");
  own.value = (await freshToken().catch(() => null)) || own.value;
  HTMLFormElement.prototype.submit.call(form); // a field may be called "submit"
});
