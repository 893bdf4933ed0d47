// Makes pages better that work without it: lists that stay up to date, templates that are checked as one types.
"use strict";

// Live lists. The stream is closed while nobody looks: a browser opens six connections to a server and no more.
document.querySelectorAll("[data-live]").forEach((box) => {
  const body = box.querySelector("tbody");
  const most = 200;
  let source = null;
  const take = (event) => {
    const rows = document.createElement("template");
    rows.innerHTML = event.data;
    Array.from(rows.content.children).reverse().forEach((row) => {
      const old = row.id && document.getElementById(row.id);
      if (old) old.remove();
      row.className = "new";
      body.prepend(row);
    });
    while (body.children.length > most) body.lastElementChild.remove();
    const empty = box.querySelector(".empty");
    if (empty) empty.remove();
  };
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource(box.dataset.live);
    source.addEventListener("rows", take);
    box.dataset.state = "live";
  };
  const close = () => {
    if (source) source.close();
    source = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  open();
});

// Forms that are checked as one types.
document.querySelectorAll("form[data-check]").forEach((form) => {
  const shown = form.querySelector(".checked");
  let timer = 0;
  let asked = 0;
  const check = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(form.dataset.check, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        credentials: "same-origin",
      });
      if (mine !== asked || answer.redirected || !answer.ok) return;
      shown.innerHTML = await answer.text();
    } catch (error) {
      // The server is away; the form can still be sent.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, 400);
  });
  check();
});

// Parts of a page that change while one looks.
document.querySelectorAll("[data-refresh]").forEach((part) => {
  setTimeout(() => !document.hidden && location.reload(), 1000 * Number(part.dataset.refresh));
});
