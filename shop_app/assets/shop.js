// What the storefront's forms do: each names its act, each act is one call of the JSON API.
"use strict";

const notice = document.getElementById("notice");

async function call(method, path, body) {
    const answer = await fetch(path, {
        method,
        headers: body === undefined ? {} : { "Content-Type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    const content = text ? JSON.parse(text) : {};
    if (!answer.ok) {
        throw Object.assign(new Error(content.error.message), { status: answer.status });
    }
    return content;
}

async function cartQuantity(product) {
    const cart = await call("GET", "/api/cart");
    const line = cart.lines.find((one) => String(one.product_id) === product);
    return line ? line.quantity : 0;
}

const acts = {
    "log-in": async (fields) => {
        await call("POST", "/api/login", { email: fields.email, password: fields.password });
        location.assign("/");
    },
    "register": async (fields) => {
        await call("POST", "/api/register", fields);
        await acts["log-in"](fields);
    },
    "log-out": async () => {
        await call("POST", "/api/logout");
        location.assign("/");
    },
    "add-to-cart": async (fields, form) => {
        const product = form.dataset.product;
        const quantity = (await cartQuantity(product)) + Number(fields.quantity);
        await call("PUT", `/api/cart/items/${product}`, { quantity });
        notice.textContent = `In your cart now: ${quantity}.`;
    },
    "take-out": async (fields, form) => {
        await call("PUT", `/api/cart/items/${form.dataset.product}`, { quantity: 0 });
        location.reload();
    },
    "check-out": async () => {
        await call("POST", "/api/checkout", {});
        location.assign("/orders");
    },
};

document.addEventListener("submit", async (event) => {
    const form = event.target;
    const act = acts[form.dataset.action];
    if (!act) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    notice.textContent = "";
    try {
        await act(Object.fromEntries(new FormData(form)), form);
    } catch (problem) {
        if (problem.status === 401 && form.dataset.action !== "log-in") {
            location.assign("/account");
        } else {
            notice.textContent = problem.message;
        }
    } finally {
        button.disabled = false;
    }
});

call("GET", "/api/session").then(({ user }) => {
    document.getElementById("account-link").textContent = user.name;
    const member = document.getElementById("member");
    if (!member) return;
    document.getElementById("visitor").hidden = true;
    document.getElementById("member-name").textContent = `${user.name}, ${user.email}`;
    member.hidden = false;
}).catch(() => {});
