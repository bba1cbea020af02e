"""Table: each check, by what it is held, and where that is shown. A path before `::` begins in tests/."""

from __future__ import annotations

from attrs import frozen


@frozen
class Check:
    """`asvs`: the requirements it comes from. `tests`: those that fail if it is not held, as far as jivod can hold it.
    `readme`: the line that tells the operator what is his, or what differs from the standard and why.
    """

    number: int
    asvs: str
    held: str
    tests: tuple[str, ...] = ()
    readme: str = ""


HERE = "asvs/test_checks.py::"
PAGES = "web/pages/"
CHANNEL = "web/test_channel.py::"
HEADERS = PAGES + "test_frame.py::test_every_answer_has_the_headers"
API_HEADERS = "web/api/test_methods.py::test_every_answer_is_dressed_alike_and_for_no_other_site"
SIGNIN = PAGES + "test_signin.py::"

CHECKS = (
    Check(1, "1.1.1", "A path is decoded once.", (
        "web/test_gate.py::test_a004_the_secret_may_be_percent_encoded", "web/test_gate.py::test_a005_but_only_once",
    )),
    Check(2, "1.2.1 3.2.2", "Templates escape whatever they are given.", (
        PAGES + "test_hostile.py::test_nothing_of_it_is_more_than_text",
        PAGES + "test_templates.py::test_all_templates_can_be_read_and_escape_what_they_are_given",
    )),
    Check(3, "1.2.2", "An address is a link by http and https alone.", (
        PAGES + "test_formats.py::test_u009_only_an_address_of_the_web_is_a_link",
        "wire/test_pairs.py::test_f029_social_profiles_are_their_links",
        "fuzz/test_corpus.py::test_every_input_that_is_kept",
    )),
    Check(4, "1.2.3", "No data stand in a script: no template has one.", (
        PAGES + "test_templates.py::test_a_template_has_nothing_dangerous",
    )),
    Check(5, "1.2.9 1.3.12", "What is searched for is never a pattern.", (
        HERE + "test_a_pattern_is_searched_for_as_words",
    )),
    Check(6, "1.2.10", "No cell of an export is a formula.", (
        "wire/test_table.py::test_no_spreadsheet_computes_a_cell",
        "wire/test_table.py::test_what_was_written_is_read_as_it_was",
    )),
    Check(7, "1.3.1 1.3.5", "HTML of a message is never shown.", (
        HERE + "test_html_of_messages_is_on_no_page", PAGES + "test_hostile.py::test_nothing_of_it_is_more_than_text",
    )),
    Check(8, "1.3.6 13.2.4 15.3.2",
        "The host of a look-up stands in the configuration; no redirect, little time and size.", (
        "policy/test_inquiry.py::test_whatever_is_typed_host_and_shape_stay",
        "policy/test_inquiry.py::test_an_address_that_could_lead_elsewhere_is_refused_with_its_line",
        "web/test_inquirer.py::test_no_redirect_is_followed",
        "web/test_inquirer.py::test_nobody_listens_to_ten_megabytes",
        "service/test_courier.py::test_the_status_counts_and_no_redirect_is_followed",
    ), "so no visitor can lead a look-up elsewhere, and an address of your own network or machine is welcome"),
    Check(9, "1.5.2", "Nothing that is read can run.", (HERE + "test_nothing_that_is_read_can_run",)),
    Check(10, "1.5.3", "Bodies, imports and a rebuild read JSON by the same rules.", (
        "wire/test_laws.py::test_the_short_way_reads_what_the_careful_way_reads",
        HERE + "test_a_line_of_an_import_is_read_by_the_rules_of_a_body",
    )),
    Check(11, "2.2.1 2.2.2", "Limits are set before anything is read.", (
        CHANNEL + "test_h015_a_body_over_the_limit_is_413_before_it_is_read",
        CHANNEL + "test_h037_sixty_five_headers_are_431",
        CHANNEL + "test_h041_a_header_that_drips_in_is_408_after_ten_seconds",
        "web/api/test_customers.py::test_what_is_wrong_is_said_with_its_place",
    )),
    Check(12, "2.3.3", "An event and all that comes of it are one transaction.", (
        "store/test_crash.py::test_groups_survive_a_kill_whole_or_not_at_all",
        "store/test_kv.py::test_a_commit_that_fails_leaves_nothing_behind",
        "web/api/test_customers.py::test_a_change_of_which_one_part_cannot_be_is_not_done_at_all",
    )),
    Check(13, "2.4.1", "Whoever guesses has to wait; work that takes long stands in a queue that ends.", (
        "web/test_gate.py::test_a008_the_eleventh_wrong_secret_in_a_minute_is_429_for_ten_minutes",
        "web/api/test_bearer.py::test_who_goes_on_guessing_has_to_wait_and_who_has_a_token_has_not",
        "web/signin/test_throttle.py::test_whoever_guesses_from_one_address_gets_few_tries",
        "web/test_hook.py::test_a_full_queue_is_503_at_once",
    )),
    Check(14, "3.3.1 3.3.2 3.3.3 3.3.4", "Cookies are __Host-, Secure, HttpOnly and SameSite.", (
        "web/signin/test_cookies.py::test_every_cookie_is_for_this_host_over_https_and_for_no_script",
        SIGNIN + "test_the_cookies_are_for_this_host_over_https_and_for_no_script",
    )),
    Check(15, "3.4.1", "Browsers come by https for a year: the samples of the proxies say so.", (
        HERE + "test_the_proxies_hold_browsers_to_https_for_a_year",
    ), "Put a proxy before it, for https"),
    Check(16, "3.4.2", "No page of another site may read an answer.", (API_HEADERS, HEADERS)),
    Check(17, "3.4.3 3.4.6", "A policy of content on every page, without anything inline.", (
        HEADERS, PAGES + "test_templates.py::test_a_template_has_nothing_dangerous",
        PAGES + "test_templates.py::test_a_style_sheet_loads_nothing_from_elsewhere",
    )),
    Check(18, "3.4.4", "No type is guessed.", (HEADERS, API_HEADERS)),
    Check(19, "3.4.5", "No page tells where one comes from.", (HEADERS,)),
    Check(20, "3.5.1 3.5.3", "A change takes the token of the session and a page of ours.", (
        PAGES + "test_forms.py::test_u025_a_foreign_form_changes_nothing",
        SIGNIN + "test_a_form_needs_the_token_of_the_session_and_a_page_of_ours",
        SIGNIN + "test_nobody_can_be_signed_in_by_a_foreign_form",
    )),
    Check(21, "3.5.8 3.2.1", "No other site may embed an answer; the API answers nobody without a token.", (
        HEADERS, API_HEADERS, "web/api/test_bearer.py::test_each_route_lets_in_who_has_its_scope",
    )),
    Check(22, "3.7.2", "After the sign-in one goes on within the house.", (
        SIGNIN + "test_after_the_sign_in_one_goes_on_within_the_house",
        PAGES + "test_forms.py::test_u024_the_switch_leads_nowhere_else",
        "fuzz/test_corpus.py::test_every_input_that_is_kept",
    )),
    Check(23, "4.1.1", "Every answer tells its type and its characters.", (HEADERS, API_HEADERS)),
    Check(24, "4.1.2", "Webhook and API are refused without https, not redirected: by the samples of the proxies.", (
        HERE + "test_no_secret_is_redirected_from_http",
    ), "https only"),
    Check(25, "4.1.3 15.3.4", "Only a proxy of this machine is believed, and of what it says the last hop.", (
        "web/test_gate.py::test_a009_behind_a_proxy_of_this_machine_the_rightmost_hop_is_counted",
        "web/test_peer.py::test_everything_else_is_not", CHANNEL + "test_a012_a_proxy_protocol_line_is_400",
        "web/signin/test_cookies.py::test_nobody_else_is_whatever_he_says_of_himself",
    )),
    Check(26, "4.2.1", "No request becomes two.", (
        CHANNEL + "test_h001_to_h025_bad_headers_are_400", CHANNEL + "test_h028_to_h034_bad_chunks_are_refused",
        CHANNEL + "test_h022_what_comes_after_the_body_is_another_request", "hostile/test_proxy.py::test_through",
    )),
    Check(27, "6.2.1 6.2.4 6.2.9 6.2.12", "A password is long, and none that is soon guessed.", (
        "flow/test_password.py::test_what_is_good_enough",
    )),
    Check(28, "6.3.1", "Five tries, then pauses that end; nobody is locked out by others.", (
        "web/signin/test_throttle.py::test_who_mistypes_waits_a_bounded_time_and_is_then_let_try",
        "web/signin/test_throttle.py::test_who_tries_many_names_is_slowed_by_his_address",
        "web/signin/test_clerk.py::test_on_his_known_device_the_owner_gets_in_at_the_first_try_from_anywhere",
    )),
    Check(29, "6.3.2", "There is no user to begin with; a link, good once and for a day, makes the first.", (
        "flow/test_staff.py::test_without_a_link_nobody_is_the_first",
        PAGES + "test_users.py::test_the_first_user_is_made_by_the_link_that_was_printed",
        PAGES + "test_users.py::test_no_other_link_is_one",
    ), "prints a link, good once and for a day, that sets the password"),
    Check(30, "6.3.3", "A second factor is asked for by the proxy that signs in.", (
        SIGNIN + "test_whom_the_proxy_of_the_configuration_names_is_in_without_a_cookie",
    ), "A second factor is the business of such a proxy"),
    Check(31, "11.4.2", "Argon2id, 19 MiB and two passes, on threads of its own, few at once.", (
        "flow/test_password.py::test_a_password_is_kept_as_argon2id_and_found_right_in_any_spelling",
        "service/test_hashing.py::test_few_are_done_at_once_and_too_many_do_not_wait",
        "flow/test_password.py::test_nobody_takes_as_much_work_as_somebody",
    )),
    Check(32, "7.2.3 11.5.1", "A session is 256 random bits, of which the digest is kept.", (
        "web/signin/test_clerk.py::test_the_right_password_opens_a_session_of_which_only_the_digest_is_kept",
        HERE + "test_a_cookie_has_256_random_bits",
    )),
    Check(33, "7.2.4 7.4.1 7.4.2 7.4.3 7.4.4 7.4.5",
        "A sign-in is a new session; sign-out, password and role end the old ones.", (
        SIGNIN + "test_each_sign_in_has_a_new_cookie_and_ends_the_session_before",
        SIGNIN + "test_sign_out_ends_it_at_the_server_and_clears_the_browser_but_not_its_being_known",
        SIGNIN + "test_whoever_may_not_any_more_is_out_at_once",
        PAGES + "test_users.py::test_a_new_password_ends_all_other_sessions_and_needs_the_old_one",
        PAGES + "test_users.py::test_sessions_are_listed_and_ended_one_by_one_or_all_others",
    )),
    Check(34, "7.3.1 7.3.2", "Eight hours without use, seven days in any case, and less if he who runs it wants so.", (
        SIGNIN + "test_a_session_ends_when_unused_and_after_some_days_in_any_case",
        "flow/test_sessions.py::test_a_clock_that_goes_back_ends_nothing",
    ), "A session ends after 8 hours without use and after 7 days in any case"),
    Check(35, "8.2.1 8.2.2 8.3.1", "Every page asks for a role, every route for a scope; ids cannot be guessed.", (
        "web/api/test_bearer.py::test_each_route_lets_in_who_has_its_scope",
        PAGES + "test_frame.py::test_a_role_does_what_those_before_it_do",
        PAGES + "test_frame.py::test_who_is_not_signed_in_is_sent_to_the_way_in_and_back",
        PAGES + "test_office.py::test_the_office_is_for_administrators",
        "flow/test_ulid.py::test_an_id_holds_its_moment_and_its_secret",
    )),
    Check(36, "8.2.3 15.3.1 15.3.3", "What is taken and what is shown are lists of fields.", (
        "web/api/test_schema.py::test_what_is_taken_is_what_is_described",
        "web/api/test_customers.py::test_what_is_wrong_in_a_change",
    )),
    Check(37, "9.1.1 9.2.1 9.2.2 9.2.3 6.8.2", "A signed token is plain HS256, with our key, in time.", (
        "policy/test_signature.py::test_only_plain_hs256_is_taken",
        "policy/test_signature.py::test_nothing_in_the_header_brings_a_key",
        "policy/test_signature.py::test_a_jwt_is_good_for_as_long_as_it_says",
        "fuzz/test_corpus.py::test_every_input_that_is_kept",
    ), "`iss` and `aud` are not read, so sign nothing else with this key"),
    Check(38, "12.1.1 12.2.1", "TLS 1.2 or newer: nginx by the sample, Caddy by itself.", (
        HERE + "test_nginx_speaks_tls_1_2_or_newer",
    ), "Put a proxy before it, for https"),
    Check(39, "13.2.2", "A user of its own, shut in by systemd.", (
        "test_packaging.py::test_systemd_finds_nothing_to_blame", "test_packaging.py::test_the_service_is_shut_in",
    ), "the unit shuts the daemon in"),
    Check(40, "13.3.1 13.3.2", "Secrets come by files that are closed to others, never by the command line.", (
        "config/test_secrets.py::test_a_credential_of_systemd_comes_before_the_file",
        "config/test_secrets.py::test_a_secret_file_that_is_open_to_everybody_is_refused",
        "config/test_state.py::test_a_missing_directory_is_made_for_its_owner_only",
        "test_packaging.py::test_no_secret_is_handed_over_in_the_environment",
    ), "or comes by systemd: see `LoadCredential=` in the unit"),
    Check(41, "13.4.2 13.4.3 13.4.4 13.4.5",
        "No trace, no version, no other method; the metrics on the loopback interface.", (
        "web/test_errors.py::test_what_went_wrong_inside_stays_inside",
        CHANNEL + "test_no_version_is_told_and_the_date_is",
        CHANNEL + "test_h055_other_methods_are_405",
    ), "leave `admin_listen` on the loopback interface"),
    Check(42, "14.2.1", "The secret stands in the URL, for Jivo can send no header: it is long, and in no log.", (
        "hold/test_log_is_silent.py::test_nothing_private_is_logged_whatever_comes",
        "hold/test_silence.py::test_a_log_that_tells_is_found",
        "test_packaging.py::test_nginx_keeps_the_secret_out_of_its_logs_and_lets_jivod_answer_413",
        "test_packaging.py::test_caddy_keeps_the_secret_out_of_its_log_and_lets_jivod_answer_413",
    ), "because Jivo can send no header and signs nothing"),
    Check(43, "14.3.1 14.3.2 14.3.3", "Nothing is kept by a browser; a sign-out clears it.", (
        HEADERS, API_HEADERS,
        SIGNIN + "test_sign_out_ends_it_at_the_server_and_clears_the_browser_but_not_its_being_known",
        HERE + "test_no_script_keeps_anything_in_a_browser",
    )),
    Check(44, "15.2.1 15.1.2", "Dependencies are pinned with digests, above each version that is known to be unsafe.", (
        "test_lock.py::test_every_package_is_pinned_with_digests", "test_lock.py::test_no_package_has_a_known_advisory",
        "test_lock.py::test_the_bill_names_every_package_of_the_lock_with_its_digests",
    ), "for whoever watches advisories"),
    Check(45, "16.2.5 16.4.1", "A line of JSON to an event, and nothing personal in it.", (
        "service/test_log.py::test_an_event_is_one_line_of_json_whatever_it_holds",
        "hold/test_log_is_silent.py::test_nothing_private_is_logged_whatever_comes",
        SIGNIN + "test_neither_names_nor_secrets_are_logged", "web/api/test_bearer.py::test_no_token_is_ever_logged",
    )),
    Check(46, "16.3.1 16.3.2 16.3.3 16.5.1 16.5.2 16.5.3",
        "Who saw or changed whom is on record, in a chain; who may not is told little.", (
        "store/test_audit.py::test_any_change_is_found",
        "store/test_audit.py::test_a_log_made_anew_as_a_whole_is_found_by_a_noted_head",
        "web/api/test_audit.py::test_a_change_is_on_record_before_and_after",
        "web/api/test_audit.py::test_who_may_not_is_on_record",
        PAGES + "test_frame.py::test_a_mistake_of_ours_is_a_page_that_tells_nothing",
    ), "note it where nobody of this machine can write"),
)  # fmt: skip
