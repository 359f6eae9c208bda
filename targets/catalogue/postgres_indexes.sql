-- Applied when the rows are in.
CREATE INDEX products_of_category ON products (category_id);
CREATE INDEX reviews_of_product ON reviews (product_id);
