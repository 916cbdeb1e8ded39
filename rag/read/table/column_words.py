"""Words that name columns, and units that stand below such names.

A table of words alone shows no other difference between its names and its first record: "Country, Capital" may be
either. These words of six languages are what exports, forms and price lists put above their columns.
"""

from __future__ import annotations

import re

_NAMES = """
    id no nr num number code key ref reference sku ean isbn name title label description descr desc text note
    notes comment comments remark remarks type kind category class group status state priority severity phase
    stage step date time day month year week quarter period from to start begin end due until valid since created
    updated modified deadline duration age amount qty quantity count total sum price cost fee rate rebate discount
    tax vat net gross value unit units currency balance salary budget revenue sales stock inventory capacity size
    length width height depth weight volume area speed power voltage current pressure temperature min max minimum
    maximum avg average level grade score rank position percent percentage share ratio city town country region
    district county province zip postcode postal address street place location site room floor building desk shelf
    bin station line route train flight gate platform seat owner author user customer client contact person
    employee staff assignee responsible department division company supplier vendor manufacturer brand model
    product item article part material colour color version release serial device module server host ip port
    protocol url link email mail phone telephone fax mobile first last surname firstname lastname given family
    gender sex nationality language capital population continent genre species plant subject course lecture
    question answer meaning action cause remedy solution error message symptom fault ticket issue case order
    invoice account contract project task topic event activity role option parameter setting field column format
    range limit interval frequency method result outcome destination origin target warranty shift formula term
    definition translation abbreviation chapter page section rule nummer bezeichnung beschreibung titel art typ
    kategorie gruppe zustand datum zeit uhrzeit tag monat jahr woche von bis beginn ende gültig menge anzahl summe
    gesamt preis kosten betrag rabatt steuer netto brutto wert einheit währung lager bestand größe länge breite
    höhe gewicht ort stadt land bezirk plz postleitzahl anschrift adresse straße raum etage gebäude werk regal
    standort besitzer verantwortlich kunde lieferant hersteller marke modell produkt artikel teil bauteil
    werkstoff farbe ausgabe gerät maschine bedeutung maßnahme ursache abhilfe fehler meldung auftrag rechnung
    konto vertrag projekt aufgabe abteilung mitarbeiter telefon vorname nachname bemerkung hinweis номер код
    название наименование имя фамилия описание тип вид категория группа статус состояние дата время день месяц год
    неделя начало конец срок количество сумма итого цена стоимость скидка налог единица валюта остаток размер
    длина ширина высота вес объем город страна регион область адрес улица место комната кабинет этаж здание склад
    полка владелец ответственный клиент поставщик производитель марка модель товар изделие артикул деталь материал
    цвет версия значение действие причина ошибка заказ счет договор проект задача отдел сотрудник телефон
    должность примечание numéro libellé nom prénom désignation catégorie état statut jour mois année début fin
    quantité montant prix coût remise unité ville pays région pièce lieu propriétaire fournisseur produit couleur
    taille poids número código nombre apellido descripción tipo categoría estado fecha hora día mes año inicio
    cantidad precio coste descuento unidad ciudad país región dirección lugar cliente proveedor producto tamaño
    peso numero codice nome cognome descrizione categoria stato data ora giorno mese anno inizio fine quantità
    prezzo costo sconto unità città paese regione indirizzo luogo fornitore prodotto colore"""
_COLUMN_NAMES = frozenset(_NAMES.split())
_LISTED_UNITS = """
    kg g mg µg t lb lbs oz l ml cl hl m mm cm dm km in inch ft yd mi m² m2 cm² mm² km² ha m³ m3 cm³ h hr hrs min s
    sec ms µs d days weeks months years °c °f c f k % ‰ € $ £ ₽ eur usd gbp chf rub v mv kv a ma w kw mw gw kwh
    mwh j kj mj cal kcal hz khz mhz ghz bar mbar pa kpa mpa hpa psi n nm kn pcs pc pieces st stk stück db rpm
    u/min 1/min m/s km/h mph l/min m³/h mol mmol ppm b kb mb gb tb kib mib gib bit bits bytes mah ah lx lm cd шт
    кг г т м мм см км л мл ч мин с сек руб дн v/m w/m² g/l mg/l eur/t €/t €/kg $/kg kg/m³"""
_UNITS = frozenset(_LISTED_UNITS.split())
_BRACKETED = re.compile(r"\[[^\]\d]{1,14}\]|\([^)\d]{1,14}\)")
_WORD = re.compile(r"[^\W\d_]+")
_PARTS = re.compile(r"[^\W\d_A-ZА-Я]+|[A-ZА-Я]+(?![^\W\d_A-ZА-Я])|[A-ZА-Я][^\W\d_A-ZА-Я]+")
"""The words of "createdAt" as programs write them."""
_MOST_WORDS = 6


def names_column(text: str) -> bool:
    """Tell whether a short text holds a word that usually names a column."""
    words = [part.casefold() for word in _WORD.findall(text) for part in _PARTS.findall(word)]
    known = sum(word in _COLUMN_NAMES or word.removesuffix("s") in _COLUMN_NAMES for word in words)
    return 0 < len(words) <= _MOST_WORDS and known * 2 >= len(words)


def is_unit(text: str) -> bool:
    """Tell whether a cell is a unit, bare or in brackets."""
    return text.casefold() in _UNITS or text not in ("[-]", "(-)") and _BRACKETED.fullmatch(text) is not None


def bare_unit(text: str) -> str:
    """Return a unit without its brackets."""
    return text.strip("[]() ")
