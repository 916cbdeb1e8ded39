// Evidently's page lies packed in this file; it is unpacked into its frame when the section is opened.
(function () {
  var details = document.getElementById("evidently"), frame = details.querySelector("iframe");
  details.addEventListener("toggle", function () {
    if (frame.srcdoc) { return; }
    if (!window.DecompressionStream) { frame.srcdoc = "Evidently's section needs a browser of 2023 or later."; return; }
    var packed = atob(document.getElementById("evidently-page").textContent);
    var bytes = Uint8Array.from(packed, function (letter) { return letter.charCodeAt(0); });
    var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    new Response(stream).text().then(function (page) { frame.srcdoc = page; });
  });
})();
