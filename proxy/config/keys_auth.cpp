// The keys of [auth].
#include "config/key.hpp"
#include "config/store.hpp"

namespace weir::config {

namespace {

auth::method method_of(std::string_view text) {
    using auth::method;
    for (const auto each : {method::trust, method::password, method::md5, method::cert, method::peer})
        if (text == auth::to_string(each)) return each;
    return method::scram_sha_256;
}

template <std::vector<std::string> auth_settings::*Member>
void put_names(draft& d, std::vector<placed_text> said) {
    auto& names = auth_of(d).*Member;
    names.clear();
    for (placed_text& each : said) names.push_back(std::move(each.text));
}

secret_query& query_of(draft& d) { return auth_of(d).query; }

std::vector<key> query_keys() {
    return {
        {.name = "query",
         .fallback = R"("")",
         .says = "Statement that a node is asked for the secret of a user whom `users_file` does not name: `$1` is the "
                 "user, the answer a row of name and secret. Empty: no node is asked.",
         .store = put_text<query_of, &secret_query::statement>},
        {.name = "query_user",
         .fallback = R"("")",
         .says = "User who runs `query`; its password is `query_password`, else that in `users_file`. Empty: the "
                 "cluster's `probe_user`.",
         .store = put_text<query_of, &secret_query::user>},
        {.name = "query_password",
         .form = shape::secret,
         .fallback = R"("")",
         .says = "Password of `query_user`.",
         .store = put_text<query_of, &secret_query::password>},
        {.name = "query_database",
         .fallback = R"("")",
         .says = "Database in which `query` is run. Empty: the cluster's `probe_database`.",
         .store = put_text<query_of, &secret_query::database>},
        {.name = "query_cache_ms",
         .form = shape::duration,
         .fallback = "10000",
         .says = "How long a secret that was found is used before it is asked for again; 0: not twice. Who is refused "
                 "by one has it asked for anew once it is `query_negative_cache_ms` old.",
         .store = put_number<query_of, &secret_query::kept>},
        {.name = "query_negative_cache_ms",
         .form = shape::duration,
         .fallback = "1000",
         .says = "How long nobody asks again for a user that does not exist.",
         .store = put_number<query_of, &secret_query::absence_kept>},
    };
}

std::vector<key> auth_keys() {
    return {
        {.name = "method",
         .form = shape::choice,
         .fallback = R"("scram-sha-256")",
         .says = "What a client must show. `trust`: nothing; `password`: in clear text, over TLS or a Unix socket only; "
                 "`cert`: a certificate whose common name is the user; `peer`: to be this user of the system, over a "
                 "Unix socket.",
         .choices = {"scram-sha-256", "md5", "password", "cert", "peer", "trust"},
         .store = [](draft& d, std::string v) { auth_of(d).method = method_of(v); }},
        {.name = "hba_file",
         .form = shape::path,
         .fallback = R"("")",
         .says = "Lines in the format of pg_hba.conf, instead of `method`: docs/security.md.",
         .store = put_text<auth_of, &auth_settings::hba_file>},
        {.name = "ident_file",
         .form = shape::path,
         .fallback = R"("")",
         .says = "Name maps in the format of pg_ident.conf, for lines of `hba_file` with `map=`.",
         .store = put_text<auth_of, &auth_settings::ident_file>},
        {.name = "users_file",
         .form = shape::path,
         .fallback = R"("")",
         .says = "Users and secrets in PgBouncer's format: a line `\"name\" \"secret\"` for each, "
                 "the secret plain or as in `pg_authid.rolpassword`.",
         .store = put_text<auth_of, &auth_settings::users_file>},
        {.name = "admin_users",
         .form = shape::texts,
         .fallback = "[]",
         .says = "Users who may give commands on the console.",
         .store = put_names<&auth_settings::admin_users>},
        {.name = "stats_users",
         .form = shape::texts,
         .fallback = "[]",
         .says = "Users who may look at the console, and change nothing.",
         .store = put_names<&auth_settings::stats_users>},
    };
}

}  // namespace

section auth_section() {
    section s{.title = "auth", .says = "How clients prove who they are.", .keys = auth_keys()};
    for (key& each : query_keys()) s.keys.push_back(std::move(each));
    return s;
}

}  // namespace weir::config
