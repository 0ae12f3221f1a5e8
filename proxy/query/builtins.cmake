# Turns the tables of built-in names into C++ initialisers. Editing a table configures anew.
set(builtins_folder ${CMAKE_CURRENT_LIST_DIR})
set(builtins_generated ${CMAKE_BINARY_DIR}/generated)

function(weir_builtin_table table row_pattern row_code)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${builtins_folder}/${table}.tsv)
    file(READ ${builtins_folder}/${table}.tsv text)
    string(REGEX REPLACE "^(#[^\n]*\n)+" "" text "${text}")
    string(REPLACE "\t-\t" "\tnone\t" text "${text}")
    string(REPLACE "\t-\t" "\tnone\t" text "${text}")
    string(REGEX REPLACE "${row_pattern}" "${row_code}" text "${text}")
    file(GENERATE OUTPUT ${builtins_generated}/query/${table}.inc CONTENT "${text}")
endfunction()

set(word "([^\t\n]+)")
weir_builtin_table(builtin_functions "${word}\t${word}\t${word}\t${word}\t${word}\n"
    "{\"\\1\", verdict::\\2, obstacle::\\3, pin_cause::\\4},\n")
weir_builtin_table(builtin_functions_other "${word}\t${word}\t${word}\t${word}\t${word}\n"
    "{\"\\1\", verdict::\\2, obstacle::\\3, pin_cause::\\4},\n")
weir_builtin_table(builtin_names "${word}\t${word}\n" "{name_kind::\\1_name, \"\\2\"},\n")
target_include_directories(weir_query PRIVATE ${builtins_generated})
