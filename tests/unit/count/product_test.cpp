#include "verifier/count/product.hpp"

#include <catch2/catch.hpp>

using namespace tally::count;

TEST_CASE("Autodesk codes give mnemonic and release, packages have none") {
    CHECK(product_of("64300ACD_F") == Product{"ACD", Family::autodesk, 0});
    CHECK(product_of("64300ACD_T_F") == Product{"ACD", Family::autodesk, 0});
    CHECK(product_of("87545ACD_2022_0F") == Product{"ACD", Family::autodesk, 2022});
    CHECK(product_of("876933DSMAX_2023_0F") == Product{"3DSMAX", Family::autodesk, 2023});
    CHECK(product_of("662003DSMAX_F") == Product{"3DSMAX", Family::autodesk, 0});
    CHECK(product_of("86815AECCOL_T_F") == Product{"AECCOL", Family::autodesk, 0});
}

TEST_CASE("whatever does not fit the grammar is a product of its own") {
    for (const auto* feature : {"MATLAB", "F", "_F", "64300_F", "6430ACD_F", "64300acd_F", "87545ACD_202_0F",
                                "87545ACD_0F", "64300123_F", "87545AC-D_F", ""}) {
        CHECK(product_of(feature) == Product{feature, Family::generic, 0});
    }
}

TEST_CASE("a word of an entitlement is a code, a mnemonic or a name in any case") {
    CHECK(product_word("64300ACD_F") == "ACD");
    CHECK(product_word("acd") == "ACD");
    CHECK(product_word("Matlab") == "MATLAB");
}
