"use strict";

// Document numbers of 18 characters: grouped 6-4-4-4 while typing, full-width characters and spaces taken as
// they come, and a wrong check digit said at the field. The server says the same without this.
(() => {
  const GROUPED = new Set(["resident_id", "hmt_residence_permit", "foreign_permanent_residence_id"]);
  const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const CHECKS = "10X98765432";

  const compact = (text) => text.normalize("NFKC").replace(/[\s\u2010-\u2015\u2212-]/g, "").toUpperCase();
  const grouped = (number) =>
    [number.slice(0, 6), number.slice(6, 10), number.slice(10, 14), number.slice(14)].filter(Boolean).join(" ");
  const isRight = (number) => {
    const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
    return CHECKS[sum % 11] === number[17];
  };

  const fault = (field, number) => {
    if (number.length > 18) return field.dataset.long;
    return /^[0-9]{17}[0-9X]$/.test(number) && !isRight(number) ? field.dataset.wrong : "";
  };

  const look = (field) => {
    const type = document.getElementById(field.dataset.number);
    const number = compact(field.value);
    const applies = GROUPED.has(type.value) && /^[0-9]*X?$/.test(number);
    if (applies) {
      // The caret stays behind the same character.
      const before = compact(field.value.slice(0, field.selectionStart)).length;
      const text = grouped(number);
      if (text !== field.value) {
        field.value = text;
        const at = [...text].reduce(([left, place], letter, index) =>
          left === 0 ? [left, place] : [letter === " " ? left : left - 1, index + 1], [before, 0])[1];
        field.setSelectionRange(at, at);
      }
    }
    const sentence = applies ? fault(field, number) : "";
    const told = document.getElementById(`${field.id}-fault`);
    if (told.textContent !== sentence) told.textContent = sentence;
    field.closest(".field").classList.toggle("wrong", sentence !== "");
    field.toggleAttribute("aria-invalid", false);
    if (sentence) field.setAttribute("aria-invalid", "true");
  };

  document.addEventListener("input", (event) => {
    if (event.isComposing) return;
    if (event.target.matches("[data-number]")) look(event.target);
  });
  document.addEventListener("compositionend", (event) => {
    if (event.target.matches("[data-number]")) look(event.target);
  });
  document.addEventListener("change", (event) => {
    if (event.target.tagName !== "SELECT") return;
    for (const field of document.querySelectorAll(`[data-number="${event.target.id}"]`)) look(field);
  });
})();
