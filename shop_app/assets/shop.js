// What the storefront's forms do: each names its act, each act is one call of the JSON API.
"use strict";

const notice = document.getElementById("notice");

async function call(method, path, body, headers = {}) {
    const answer = await fetch(path, {
        method,
        headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    const is_json = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
    const content = text && is_json ? JSON.parse(text) : {};
    if (!answer.ok) {
        throw Object.assign(new Error(content.error?.message ?? "The shop does not answer just now. Try again."), { status: answer.status });
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
    // One key a page: however often the button is pressed, it is one order.
    "check-out": async (fields, form) => {
        form.dataset.key ??= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
        const { order } = await call("POST", "/api/checkout", {}, { "Idempotency-Key": form.dataset.key });
        location.assign(`/orders/${order.id}`);
    },
    "cancel-order": async (fields, form) => {
        await call("POST", `/api/orders/${form.dataset.order}/cancel`, {});
        location.reload();
    },
    "hold": async (fields, form) => {
        await call("PUT", `/api/reservations/${form.dataset.product}`, { quantity: 1 });
        notice.textContent = "One is held for you for 15 minutes: see your cart.";
    },
    "let-go": async (fields, form) => {
        await call("DELETE", `/api/reservations/${form.dataset.product}`);
        location.reload();
    },
    "verify": async (fields, form) => {
        await call("POST", "/api/verify", { code: form.dataset.code });
        location.assign("/account");
    },
    "set-profile": async (fields) => {
        await call("PUT", "/api/profile", fields);
        notice.textContent = "Saved.";
    },
    "change-password": async (fields, form) => {
        await call("PUT", "/api/password", fields);
        form.reset();
        notice.textContent = "Your password is changed, and all other log-ins are ended.";
    },
    "set-price": async (fields, form) => {
        await call("PUT", `/api/products/${form.dataset.product}/price`, { price_cents: Number(fields.price_cents) });
        notice.textContent = "The price is set.";
    },
    "restock": async (fields, form) => {
        const product = form.dataset.product;
        const { stock } = await call("POST", `/api/products/${product}/restock`, { quantity: Number(fields.quantity) });
        document.querySelector(`.stock-of-${product}`).textContent = stock;
        notice.textContent = `There are ${stock} now.`;
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
    document.getElementById("member-state").textContent = user.verified ? "confirmed" : "not confirmed yet: see your mail";
    document.getElementById("admin-link").hidden = !user.admin;
    const profile = member.querySelector("form[data-action=set-profile]");
    profile.elements.name.value = user.name;
    profile.elements.address.value = user.address;
    member.hidden = false;
}).catch(() => {});
