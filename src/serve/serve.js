// Asks for news of the report, and shows the page anew when there are any.
"use strict";
(() => {
  const mine = document.currentScript.dataset.number;
  const rest = () => new Promise((done) => setTimeout(done, 1000));
  const wait = async () => {
    for (let away = false; ;) {
      try {
        const answer = await fetch("/.milepost/number?after=" + mine, { cache: "no-store" });
        const number = await answer.text();
        if (answer.ok && (away || number !== mine)) return location.reload();
      } catch {
        // The server is gone; when it answers again, it is another one.
        away = true;
        await rest();
      }
    }
  };
  wait();
})();
