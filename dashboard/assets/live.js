// Asks every few seconds whether newer figures were written, and then takes over the new page's main part. Without it the
// page is as it was when it was loaded.
(function () {
    'use strict';
    var EVERY_MS = 5000;
    var english = document.documentElement.lang === 'en';
    var trouble = false;

    function say(text) {
        var live = document.getElementById('live');
        if (live && live.textContent !== text) {
            live.textContent = text;
        }
    }

    function units(ms) {
        var names = english ? [['days', 'day'], ['hours', 'hour'], ['minutes', 'minute'], ['seconds', 'second']]
            : [['hari', 'hari'], ['jam', 'jam'], ['menit', 'menit'], ['detik', 'detik']];
        var lengths = [86400, 3600, 60, 1];
        var seconds = Math.max(0, Math.floor(ms / 1000));
        var i = 0;
        while (i < 3 && seconds < lengths[i]) { i++; }
        var count = Math.floor(seconds / lengths[i]);
        var grouped = count.toLocaleString(english ? 'en-GB' : 'id-ID');
        return grouped + '\u00a0' + names[i][count === 1 ? 1 : 0] + (english ? ' ago' : ' yang lalu');
    }

    function isBusy() {
        var active = document.activeElement;
        return active && (active.tagName === 'INPUT' || active.tagName === 'SELECT');
    }

    function takeOver(text) {
        var fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('main');
        var old = document.getElementById('main');
        if (!fresh) { return; }
        old.querySelectorAll('details[open]').forEach(function (open) {
            var same = fresh.querySelector('#' + open.id);
            if (same) { same.open = true; }
        });
        var focus = document.activeElement;
        var at = focus && old.contains(focus) ? Array.prototype.indexOf.call(old.querySelectorAll('a,button,summary,[tabindex]'), focus) : -1;
        var scrolled = Array.prototype.map.call(old.querySelectorAll('.wide'), function (wide) { return wide.scrollLeft; });
        old.replaceWith(fresh);
        fresh.querySelectorAll('.wide').forEach(function (wide, i) { wide.scrollLeft = scrolled[i] || 0; });
        if (at >= 0) {
            var next = fresh.querySelectorAll('a,button,summary,[tabindex]')[at];
            if (next) { next.focus({preventScroll: true}); }
        }
    }

    function onMeta(meta) {
        var age = document.getElementById('age');
        if (!age) { return null; }
        age.textContent = units(meta.age_ms);
        if (trouble) { trouble = false; say(''); }
        var state = meta.updated_at + (meta.fresh ? '' : ' old');
        if (state === age.dataset.state || isBusy()) { return null; }
        return fetch(location.href).then(function (answer) {
            if (!answer.ok) { throw new Error(String(answer.status)); }
            return answer.text();
        }).then(function (text) {
            takeOver(text);
        });
    }

    function look() {
        if (document.hidden) { setTimeout(look, EVERY_MS); return; }
        fetch('/api/v1/meta').then(function (answer) {
            if (!answer.ok) { throw new Error(String(answer.status)); }
            return answer.json();
        }).then(onMeta).catch(function () {
            trouble = true;
            say(english ? 'No connection to the figures; what you see may be old.'
                : 'Tidak ada sambungan ke angka; yang terlihat mungkin sudah lama.');
        }).then(function () { setTimeout(look, EVERY_MS); });
    }

    look();
}());
