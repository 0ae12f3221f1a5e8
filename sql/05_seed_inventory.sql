-- 12 categories, 12,000 products with stock, 50,000 orders of one to three lines by 2,000 users.
-- Everything follows from row numbers, so two shops seeded apart hold the same rows. All of it is
-- one transaction, done only while there is no product: a second run changes nothing.
\set ON_ERROR_STOP on
\set products 12000
\set users 2000
\set orders 50000
SET client_min_messages = warning;

SELECT NOT EXISTS (SELECT FROM products) AS shop_is_empty
\gset
\if :shop_is_empty
BEGIN;
SET LOCAL ROLE shop_owner;
SET LOCAL synchronous_commit = off;

CREATE TEMPORARY TABLE wares (category_id, slug, name, nouns) ON COMMIT DROP AS
VALUES
    (1, 'kitchen', 'Kitchen', ARRAY['Mug', 'Kettle', 'Bowl', 'Ladle', 'Teapot']),
    (2, 'tools', 'Tools', ARRAY['Hammer', 'Plane', 'Saw', 'Wrench', 'Chisel']),
    (3, 'garden', 'Garden', ARRAY['Spade', 'Planter', 'Rake', 'Trellis', 'Watering Can']),
    (4, 'office', 'Office', ARRAY['Notebook', 'Pencil', 'Stapler', 'Tray', 'Ruler']),
    (5, 'lighting', 'Lighting', ARRAY['Lamp', 'Lantern', 'Candle', 'Chandelier', 'Torch']),
    (6, 'furniture', 'Furniture', ARRAY['Chair', 'Table', 'Shelf', 'Stool', 'Bench']),
    (7, 'toys', 'Toys', ARRAY['Train', 'Puzzle', 'Kite', 'Yo-Yo', 'Doll']),
    (8, 'clothing', 'Clothing', ARRAY['Scarf', 'Jacket', 'Hat', 'Belt', 'Glove']),
    (9, 'music', 'Music', ARRAY['Drum', 'Flute', 'Guitar', 'Whistle', 'Harmonica']),
    (10, 'boats', 'Boats', ARRAY['Paddle', 'Canoe', 'Anchor', 'Rope', 'Sail']),
    (11, 'cycling', 'Cycling', ARRAY['Bell', 'Saddle', 'Basket', 'Pump', 'Helmet']),
    (12, 'clocks', 'Clocks', ARRAY['Clock', 'Watch', 'Hourglass', 'Metronome', 'Sundial']);

INSERT INTO categories (id, slug, name)
SELECT category_id, slug, name FROM wares;

-- 60 nouns, 20 materials, 20 manners: 24,000 different names, of which the first are taken.
WITH words AS (
    SELECT ARRAY['Oak', 'Steel', 'Copper', 'Linen', 'Glass', 'Bamboo', 'Leather', 'Marble', 'Wool',
                 'Brass', 'Walnut', 'Ceramic', 'Cork', 'Granite', 'Canvas', 'Pine', 'Bronze',
                 'Velvet', 'Rubber', 'Paper'] AS materials,
           ARRAY['Plain', 'Sturdy', 'Tiny', 'Grand', 'Quiet', 'Bright', 'Folding', 'Rustic',
                 'Modern', 'Swift', 'Gentle', 'Polished', 'Hollow', 'Heavy', 'Slender', 'Striped',
                 'Round', 'Golden', 'Blue', 'Crimson'] AS manners
)
INSERT INTO products (id, category_id, name, description, price_cents, created_at)
SELECT n,
       ware.category_id,
       concat_ws(' ', manner, material, noun),
       format('%s %s made of %s, for the %s department. Item number %s.', manner, lower(noun),
              lower(material), lower(ware.name), n),
       199 + (n * 7919) % 20000,
       timestamptz '2025-01-01 00:00+00' + n * interval '30 minutes'
FROM generate_series(1, :products) AS n
CROSS JOIN words
JOIN wares AS ware ON ware.category_id = 1 + (n % 60) / 5
CROSS JOIN LATERAL (SELECT ware.nouns[1 + n % 5] AS noun,
                           words.materials[1 + (n / 60) % 20] AS material,
                           words.manners[1 + (n / 1200) % 20] AS manner) AS chosen;

INSERT INTO inventory (product_id, quantity)
SELECT n, 200 + (n * 31) % 800
FROM generate_series(1, :products) AS n;

-- Line k of order n: the stride is prime to the number of products, so an order never names a
-- product twice.
CREATE TEMPORARY TABLE bought ON COMMIT DROP AS
SELECT n AS order_id,
       1 + (n * 7919 + k * 3571) % :products AS product_id,
       1 + (n + k) % 3 AS quantity
FROM generate_series(1, :orders) AS n
CROSS JOIN LATERAL generate_series(0, n % 3) AS k;

INSERT INTO orders (id, user_id, total_cents, placed_at)
SELECT order_id,
       1 + (order_id * 271) % :users,
       sum(quantity * price_cents),
       timestamptz '2025-03-01 00:00+00' + order_id * interval '10 minutes'
FROM bought
JOIN products ON products.id = product_id
GROUP BY order_id
ORDER BY order_id;

INSERT INTO order_lines (order_id, product_id, quantity, price_cents)
SELECT order_id, product_id, quantity, price_cents
FROM bought
JOIN products ON products.id = product_id
ORDER BY order_id, product_id;

-- The first delivery: what is in stock now, and what was sold of it.
INSERT INTO restocks (product_id, quantity, at)
SELECT i.product_id, i.quantity + coalesce(sold.quantity, 0), timestamptz '2025-01-01 00:00+00'
FROM inventory i
LEFT JOIN (SELECT product_id, sum(quantity) AS quantity FROM bought GROUP BY product_id) AS sold
    ON sold.product_id = i.product_id
ORDER BY i.product_id;

-- The rows above brought their own numbers; the next ones go on after them.
SELECT setval(pg_get_serial_sequence('categories', 'id'), (SELECT max(id) FROM categories)),
       setval(pg_get_serial_sequence('products', 'id'), (SELECT max(id) FROM products)),
       setval(pg_get_serial_sequence('orders', 'id'), (SELECT max(id) FROM orders))
\g /dev/null
COMMIT;
VACUUM (ANALYZE) categories, products, inventory, restocks, orders, order_lines;
\endif
